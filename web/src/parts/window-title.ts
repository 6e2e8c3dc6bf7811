// The title of the window: of the page, and before it how much is unread.

let page = document.title;
let unread = 0;

export function titlePage(title: string): void {
  page = title;
  show();
}

/** 0: nothing stands before it. */
export function titleUnread(count: number): void {
  unread = count;
  show();
}

function show(): void {
  document.title = unread > 0 ? `(${unread}) ${page}` : page;
}
