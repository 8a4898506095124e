import { freePort } from '../support/api.ts';
import { startServer, type Running } from './program.ts';

/** Keycloak with one realm and one person, who is set up by its admin API. */
export interface Keycloak extends Running {
  readonly realmUrl: string;
  /** Calls the admin API of the realm. */
  admin(method: string, route: string, body?: object): Promise<Response>;
  /** Makes a client and gives its id inside Keycloak. */
  makeClient(client: { clientId: string } & Record<string, unknown>): Promise<string>;
}

export const person = {
  username: 'anna',
  email: 'anna@acme.test',
  firstName: 'Anna',
  lastName: 'Schmidt-Müller',
  password: 'correct horse battery',
};
const realm = 'acme';
const administrator = { username: 'admin', password: 'admin' };

/** The database is in memory; the program's folder keeps what its own build writes there. */
export async function startKeycloak(home: string): Promise<Keycloak> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const { stop } = await startServer(
    [`${home}/bin/kc.sh`, 'start-dev', '--db=dev-mem', '--http-host=localhost', `--http-port=${port}`],
    {
      url: `${url}/realms/master`,
      env: {
        KC_BOOTSTRAP_ADMIN_USERNAME: administrator.username,
        KC_BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
      },
      // The first start builds.
      withinMs: 280_000,
    },
  );

  async function call(method: string, route: string, body?: object): Promise<Response> {
    const response = await fetch(`${url}/admin${route}`, {
      method,
      headers: { authorization: `Bearer ${await token(url)}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${await response.text()}`);
    return response;
  }

  const { password, ...facts } = person;
  await call('POST', '/realms', {
    realm,
    enabled: true,
    groups: [{ name: 'Engineering' }],
    users: [
      {
        ...facts,
        enabled: true,
        emailVerified: true,
        groups: ['Engineering'],
        credentials: [{ type: 'password', value: password, temporary: false }],
      },
    ],
  });
  const admin = (method: string, route: string, body?: object) =>
    call(method, `/realms/${realm}${route}`, body);
  return {
    realmUrl: `${url}/realms/${realm}`,
    stop,
    admin,
    async makeClient(client) {
      await admin('POST', '/clients', { enabled: true, ...client });
      const found = await admin('GET', `/clients?clientId=${encodeURIComponent(client.clientId)}`);
      const [made]: { id: string }[] = await found.json();
      return made?.id ?? '';
    },
  };
}

async function token(url: string): Promise<string> {
  const response = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'admin-cli', grant_type: 'password', ...administrator }),
  });
  const { access_token: accessToken } = await response.json();
  return String(accessToken);
}
