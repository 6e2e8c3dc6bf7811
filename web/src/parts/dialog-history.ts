// The Back button and dialogs: while some are open Back closes the topmost, as Escape does, and the page behind stays. Each open
// dialog is one step of the browser's history, marked by how many there are.

type Close = () => void;

const open: Close[] = [];
let isSettling = false;

/** A dialog is shown; `close` is what Escape does. Returns the function to call when it is gone. */
export function holdBack(close: Close): () => void {
  const own: Close = () => close();
  open.push(own);
  mark();
  if (open.length === 1) addEventListener('popstate', wentBack);
  return () => {
    open.splice(open.indexOf(own), 1);
    settleSoon();
  };
}

function depth(): number {
  const state = history.state as { readonly dialogs?: number } | null;
  return state?.dialogs ?? 0;
}

function mark(): void {
  if (depth() < open.length) history.pushState({ dialogs: open.length }, '');
}

function wentBack(): void {
  if (open.length === 0) removeEventListener('popstate', wentBack);
  if (depth() >= open.length) return;
  mark();
  open.at(-1)?.();
}

/** When all that closes together is closed, its steps are taken back, unless one has gone elsewhere since. */
function settleSoon(): void {
  if (isSettling) return;
  isSettling = true;
  queueMicrotask(() => {
    isSettling = false;
    const tooMany = depth() - open.length;
    if (depth() > 0 && tooMany > 0) history.go(-tooMany);
  });
}
