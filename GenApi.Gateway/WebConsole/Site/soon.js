// Work that many things ask for at once.

/** Long enough that the browser stays free for whoever clicks and types, in milliseconds. */
const delay = 150;

/** What may be called however often: the work is done soon, once for all who asked until then. */
export function soon(work) {
  let isAsked = false;
  return () => {
    if (!isAsked) {
      isAsked = true;
      setTimeout(() => {
        isAsked = false;
        work();
      }, delay);
    }
  };
}

/** Waits; rejects when the signal aborts. */
export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}
