/** Something compiled that may be replaced while exchanges still use it. */
export type Lease = {
  /** Until this hold is disposed of, the thing stays. */
  readonly hold: () => { readonly dispose: () => void };
  /** Nobody begins with it any more: it is freed when the last hold on it ends. */
  readonly retire: () => void;
};

/** @param free called once, when it is retired and nobody holds it */
export function lease(free: () => void): Lease {
  let holds = 0;
  let retired = false;
  let freed = false;
  const freeIfIdle = () => {
    if (!retired || freed || holds > 0) return;
    freed = true;
    free();
  };
  return {
    hold: () => {
      let held = true;
      holds++;
      return {
        dispose: () => {
          if (!held) return;
          held = false;
          holds--;
          freeIfIdle();
        },
      };
    },
    retire: () => {
      retired = true;
      freeIfIdle();
    },
  };
}
