// Fetches a file of the API with the token of the log-in and hands it to the browser's downloads.
import { callApi } from '../http.ts';

const KEPT_MS = 60_000;

/** Resolves with the name under which it is saved: the server's, unless `ownName`, else `name`. Rejects with ApiFailure. */
export async function download(path: string, name: string, { ownName = false } = {}): Promise<string> {
  const response = await callApi(path, { accept: '*/*' });
  const saved = (ownName ? undefined : fileNameOf(response.headers.get('Content-Disposition'))) ?? name;
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = saved;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
  return saved;
}

/** RFC 6266, without paths. */
function fileNameOf(header: string | null): string | undefined {
  const encoded = /filename\*\s*=\s*utf-8''([^;]+)/i.exec(header ?? '')?.[1];
  const plain = /filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(header ?? '')?.[1]?.replace(/\\(.)/g, '$1');
  try {
    return (encoded === undefined ? plain : decodeURIComponent(encoded.trim()))?.replace(/[/\\]/g, '-');
  } catch {
    return plain; // not percent-encoded as it should be
  }
}
