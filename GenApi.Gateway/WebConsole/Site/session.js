// The token of who is signed in. It lives as long as the browser's tab, and nobody but this gateway's pages can read it.

const name = 'genapi-token';

/** The gateway that is looked at, where there are several. It lives as long as the token does. */
const gatewayName = 'genapi-gateway';

/** The token; null: nobody is signed in. */
export const token = () => sessionStorage.getItem(name);

export const signIn = value => sessionStorage.setItem(name, value);

export function signOut() {
  sessionStorage.removeItem(name);
  sessionStorage.removeItem(gatewayName);
}

/** The id of the gateway that is looked at; null: none yet. */
export const gateway = () => sessionStorage.getItem(gatewayName);

export const lookAt = id => sessionStorage.setItem(gatewayName, id);

/**
 * Takes a token out of the address, as in `/console/#token=…`, which the AppHost prints. What follows the # is never sent to a server;
 * it is taken away at once, so that it stays in no history and in no copied address.
 * @returns {boolean} Whether there was one.
 */
export function signInByAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    signOut();

    // A + in an address may stand for a space, and no token has one.
    signIn(given.replaceAll(' ', '+'));
    history.replaceState(null, '', location.pathname + location.search);
  }
  return Boolean(given);
}
