// The page at `/` until the web portal takes its place. Plain text for eyes: no script, no style, nothing from elsewhere.

/** `version` is our own and needs no escaping. */
export function page(version: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Rollcall</title></head>
<body>
<h1>Rollcall ${version}</h1>
<p>Presence and contacts beside your Asterisk. The web portal comes with a later version.</p>
<ul>
<li>Softphones connect to <code>/ws</code> (WebSocket, subprotocol <code>rollcall.v1</code>).</li>
<li><a href="/healthz">/healthz</a> tells that the daemon lives, <a href="/readyz">/readyz</a> whether it can serve.</li>
<li><a href="/metrics">/metrics</a> is for Prometheus.</li>
</ul>
</body>
</html>
`;
}
