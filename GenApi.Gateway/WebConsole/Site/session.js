// The token of who is signed in. It lives as long as the browser's tab, and nobody but this gateway's pages can read it.

const name = 'genapi-token';

/** The token; null: nobody is signed in. */
export const token = () => sessionStorage.getItem(name);

export const signIn = value => sessionStorage.setItem(name, value);

export const signOut = () => sessionStorage.removeItem(name);

/**
 * Takes a token out of the address, as in `/console/#token=…`, which the AppHost prints. What follows the # is never sent to a server;
 * it is taken away at once, so that it stays in no history and in no copied address.
 */
export function signInByAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    // A + in an address may stand for a space, and no token has one.
    signIn(given.replaceAll(' ', '+'));
    history.replaceState(null, '', location.pathname + location.search);
  }
}
