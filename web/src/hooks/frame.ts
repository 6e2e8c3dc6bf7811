// Gathers calls into one in the next frame of the screen. In a window that is not seen there are no frames: then it waits.

export interface Soon {
  readonly call: () => void;
  readonly cancel: () => void;
}

export function oncePerFrame(run: () => void): Soon {
  let frame: number | undefined;
  return {
    call: () => {
      frame ??= requestAnimationFrame(() => {
        frame = undefined;
        run();
      });
    },
    cancel: () => {
      if (frame !== undefined) cancelAnimationFrame(frame);
      frame = undefined;
    },
  };
}
