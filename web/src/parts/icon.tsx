// The icons, drawn here as strokes on a grid of 24. They say nothing to a screen reader: what they mean stands beside them.

const PATHS = {
  add: 'M12 5v14M5 12h14',
  back: 'M15 5l-7 7 7 7',
  book: 'M6 3.5h13v17H6.5A2.5 2.5 0 014 18V5.5a2 2 0 012-2zM4 18a2.5 2.5 0 012.5-2.5H19M9 7.5h6M9 11h4',
  building: 'M4 21V4h10v17M14 9h6v12M2 21h20M7.5 8h3M7.5 12h3M7.5 16h3M17 13v.01M17 17v.01',
  callIn: 'M19 5L6 18M6 9v9h9',
  callMissed: 'M4.5 6l6.5 6.5L20 4M4.5 11V6h5M4.5 20h15',
  callOut: 'M5 19L18 6M9 6h9v9',
  chat: 'M4 5h16v11H11l-4.5 4v-4H4zM8 9h8M8 12.5h5',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  checks: 'M2 12.5l4 4 8-9M10.5 15.5l1.5 1 8.5-9',
  clock: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 7.5V12l3 2',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  device: 'M7.5 2.5h9v19h-9zM11 18.5h2',
  down: 'M6 9l6 6 6-6',
  download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14',
  edit: 'M4 20l1-4L16 5l3 3L8 19l-4 1zM14 7l3 3',
  error: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 8v5M12 16.5v.01',
  eye: 'M2.5 12c2-4 5.3-6.5 9.5-6.5s7.5 2.5 9.5 6.5c-2 4-5.3 6.5-9.5 6.5S4.5 16 2.5 12zM12 9a3 3 0 100 6 3 3 0 000-6z',
  eyeOff:
    'M4 4l16 16M9.8 5.8c.7-.2 1.4-.3 2.2-.3 4.2 0 7.5 2.5 9.5 6.5-.7 1.4-1.6 2.6-2.7 3.6M6 7.2C4.5 8.4 3.3 10 2.5 12c2 4 5.3 6.5 9.5 6.5 1.5 0 2.9-.3 4.1-.9',
  filter: 'M4 6h16M7 12h10M10 18h4',
  info: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 11.5v5M12 8v.01',
  link: 'M9 15l6-6M10 6l1-1a4.5 4.5 0 016.5 6.5l-1 1M14 18l-1 1A4.5 4.5 0 016.5 12.5l1-1',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 017 0v3',
  logout: 'M10 4H5v16h5M10 12h10M16.5 8.5L20 12l-3.5 3.5',
  mail: 'M3.5 6h17v12.5h-17zM4 6.5l8 6.5 8-6.5',
  menu: 'M4 7h16M4 12h16M4 17h16',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  move: 'M4 6h6l2 2.5h8V19H4zM9 13.5h6M12.8 11l2.5 2.5-2.5 2.5',
  people:
    'M9 11.5a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c.3-4 3-6 6.5-6s6.2 2 6.5 6M15.5 5a3.2 3.2 0 010 6M17.5 14.5c2.4.7 3.8 2.5 4 5.5',
  person: 'M12 12a4 4 0 100-8 4 4 0 000 8zM4.5 20.5c.4-4.3 3.5-6.5 7.5-6.5s7.1 2.2 7.5 6.5',
  phone: 'M6 3.5h3l1.5 4.5-2 1.5a12 12 0 006 6l1.5-2 4.5 1.5v3c0 1-.8 2-2 2C10.5 20 4 13.5 4 5.5c0-1.2 1-2 2-2z',
  search: 'M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM15.5 15.5L20 20',
  send: 'M4 4.5l16.5 7.5L4 19.5l2-7.5zM6 12h8',
  settings:
    'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5zM9 14.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5z',
  star: 'M12 3.6l2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 17l-5.2 2.8 1-5.9L3.5 9.8l5.9-.8z',
  trash: 'M4.5 7h15M9.5 7V4h5v3M6.5 7l1 13.5h9l1-13.5M10 11v6M14 11v6',
  undo: 'M8 5L4 9l4 4M4.5 9H14a5.5 5.5 0 010 11H9',
  up: 'M6 15l6-6 6 6',
  upload: 'M12 16V5M7.5 9L12 4.5 16.5 9M5 20h14',
  warning: 'M12 4L2.8 20h18.4zM12 10v4.5M12 17v.01',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, filled = false }: { name: IconName; filled?: boolean }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill={filled ? 'currentColor' : 'none'} />
    </svg>
  );
}
