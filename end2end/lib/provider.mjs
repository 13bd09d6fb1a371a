// A provider of single sign-on: the real thing (oidc-provider), on a port of this machine, with people of the test's own.

import { createServer } from 'node:http';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import Provider from 'oidc-provider';
import { freePort, note } from './programs.mjs';

export const CLIENT = 'bellwether';

/** What has to be known before the console starts: `{ issuer, secret, port }`. */
export async function chooseProvider() {
  const port = await freePort();
  const secret = randomBytes(24).toString('hex');
  note(secret);
  return { port, issuer: `http://127.0.0.1:${port}`, secret };
}

/**
 * Starts it: `{ people, end() }`. `people` are claims by the name that somebody signs in with there, and may be changed
 * while it runs. Its page asks for that name alone, whenever it would ask who somebody is.
 */
export async function startProvider({ port, issuer, secret }, redirect) {
  const people = new Map();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT, client_secret: secret, redirect_uris: [redirect] }],
    scopes: ['openid', 'email', 'profile', 'groups'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, id) => people.has(id) && { accountId: id, claims: () => ({ sub: id, ...people.get(id) }) },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    // Nobody is asked whether the console may know who they are: it is their employer's.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid email profile groups');
      await grant.save();
      return grant;
    },
  });
  const other = provider.callback();
  const server = createServer(async (asked, answer) => {
    if (!asked.url.startsWith('/interaction/')) return other(asked, answer);
    if (asked.method === 'GET') return answer.setHeader('content-type', 'text/html').end(PAGE);
    const body = [];
    for await (const bytes of asked) body.push(bytes);
    const form = new URLSearchParams(Buffer.concat(body).toString());
    const result = form.has('name')
      ? { login: { accountId: form.get('name') } }
      : { error: 'access_denied', error_description: 'somebody went away' };
    return provider.interactionFinished(asked, answer, result, { mergeWithLastSubmission: false });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const end = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { people, end };
}

const PAGE = `<!doctype html><html lang="en"><title>Who are you?</title><main>
  <form method="post"><label>Name <input name="name" autofocus></label><button>It is me</button></form>
  <form method="post"><button>Go away</button></form></main></html>`;
