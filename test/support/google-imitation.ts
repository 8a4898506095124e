import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { GoogleHosts } from '../../adapters/directories/google-hosts.ts';
import { googleScopes } from '../../onboarding/directory-sources.ts';
import { serveImitation, type Answered, type Asked } from './imitation.ts';

export interface ImitatedUser {
  id: string;
  primaryEmail: string;
  name: { givenName: string; familyName: string; fullName: string };
  suspended?: boolean;
  archived?: boolean;
  [more: string]: unknown;
}
export type ImitatedMember = { type: 'USER' | 'GROUP' | 'CUSTOMER' | 'EXTERNAL'; id: string };
export interface ImitatedGroup {
  id: string;
  name: string;
  email: string;
  members: ImitatedMember[];
}

/** What can go wrong at Google, each as its documents say it. */
export type GoogleFault =
  | 'token_revoked'
  | 'key_deleted'
  | 'account_deleted'
  | 'delegation_missing'
  | 'admin_unknown'
  | 'app_blocked'
  | 'client_refused'
  | 'api_off'
  | 'not_admin'
  | 'scope_missing'
  | 'quota'
  | 'too_many'
  | 'down'
  | 'no_json'
  | 'second_page_lost'
  | 'same_page_again'
  | 'token_ran_out';

const admin = 'admin@acme.test';

/** Google's token endpoint, consent page and Admin SDK Directory API, for one company. */
export async function imitateGoogle(now: () => Date = () => new Date()) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const company = { users: [] as ImitatedUser[], groups: [] as ImitatedGroup[] };
  const faults = new Set<GoogleFault>();
  const tokens = new Set<string>();
  const refreshTokens = new Set<string>();
  const codes = new Map<string, { challenge: string; redirectUri: string; scope: string }>();
  const client = { id: 'vendor.apps.googleusercontent.test', secret: 'GOCSPX-vendor-secret' };
  /** Unticked boxes of the consent page are missing here. */
  const granted = { scope: googleScopes.join(' ') };
  const pageSize = { most: 500 };
  const clientEmail = 'reader@acme-sync.iam.gserviceaccount.com';

  const server = await serveImitation((asked) => {
    if (faults.has('down')) return failure(503, 'Backend Error', 'backendError');
    if (asked.path === '/token') return token(asked);
    if (asked.path === '/auth') return consent(asked);
    return directory(asked);
  });
  const hosts: GoogleHosts = {
    authorize: `${server.url}/auth`,
    token: `${server.url}/token`,
    directory: `${server.url}/admin/directory/v1`,
  };

  function consent({ query }: Asked): Answered {
    const to = new URL(query.get('redirect_uri') ?? '');
    to.searchParams.set('state', query.get('state') ?? '');
    if (faults.has('app_blocked')) to.searchParams.set('error', 'admin_policy_enforced');
    else {
      const code = `4/${randomBytes(16).toString('hex')}`;
      const challenge = query.get('code_challenge') ?? '';
      codes.set(code, { challenge, redirectUri: query.get('redirect_uri') ?? '', scope: granted.scope });
      to.searchParams.set('code', code);
      to.searchParams.set('scope', granted.scope);
    }
    return { status: 302, headers: { location: to.href }, body: '' };
  }

  async function token({ body }: Asked): Promise<Answered> {
    const grant = new URLSearchParams(body);
    const refuse = (error: string, error_description: string): Answered => ({
      status: error === 'unauthorized_client' || error === 'invalid_client' ? 401 : 400,
      body: { error, error_description },
    });
    const give = (more: object = {}): Answered => {
      const access_token = `ya29.${randomBytes(12).toString('hex')}`;
      tokens.add(access_token);
      return { status: 200, body: { access_token, expires_in: 3599, token_type: 'Bearer', ...more } };
    };
    if (grant.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      if (faults.has('account_deleted')) return refuse('invalid_grant', 'Invalid grant: account not found');
      if (faults.has('key_deleted')) return refuse('invalid_grant', 'Invalid JWT Signature.');
      const assertion = grant.get('assertion') ?? '';
      const { payload } = await jwtVerify(assertion, publicKey, {
        currentDate: now(),
        audience: hosts.token,
        issuer: clientEmail,
      });
      if (faults.has('admin_unknown') || payload.sub !== admin) {
        return refuse('invalid_grant', 'Invalid email or User ID');
      }
      if (faults.has('delegation_missing') || payload['scope'] !== googleScopes.join(' ')) {
        const why =
          'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.';
        return refuse('unauthorized_client', why);
      }
      return give();
    }
    if (faults.has('client_refused') || grant.get('client_secret') !== client.secret) {
      return refuse('invalid_client', 'The OAuth client was not found.');
    }
    if (grant.get('grant_type') === 'refresh_token') {
      if (faults.has('token_revoked') || !refreshTokens.has(grant.get('refresh_token') ?? '')) {
        return refuse('invalid_grant', 'Token has been expired or revoked.');
      }
      return give({ scope: granted.scope });
    }
    const code = codes.get(grant.get('code') ?? '');
    codes.delete(grant.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(grant.get('code_verifier') ?? '')
      .digest('base64url');
    if (
      code === undefined ||
      code.challenge !== challenge ||
      code.redirectUri !== grant.get('redirect_uri')
    ) {
      return refuse('invalid_grant', 'Malformed auth code.');
    }
    const refresh_token = `1//${randomBytes(24).toString('hex')}`;
    refreshTokens.add(refresh_token);
    return give({ refresh_token, scope: code.scope });
  }

  function directory({ path, query, headers }: Asked): Answered {
    const bearer = (headers.authorization ?? '').replace('Bearer ', '');
    if (faults.delete('token_ran_out')) tokens.clear();
    if (!tokens.has(bearer))
      return failure(401, 'Request had invalid authentication credentials.', 'authError');
    if (faults.has('api_off')) {
      const why = 'Admin SDK API has not been used in project 1 before or it is disabled.';
      return failure(403, why, 'accessNotConfigured');
    }
    if (faults.has('not_admin'))
      return failure(403, 'Not Authorized to access this resource/api', 'forbidden');
    if (faults.has('scope_missing')) {
      return failure(403, 'Request had insufficient authentication scopes.', 'insufficientPermissions');
    }
    if (faults.delete('quota')) return failure(403, 'Quota exceeded', 'quotaExceeded');
    if (faults.delete('too_many'))
      return failure(429, 'Too many', 'rateLimitExceeded', { 'retry-after': '2' });
    if (faults.has('no_json')) return { status: 200, body: '<html>not what was asked</html>' };
    const at = path.replace('/admin/directory/v1', '');
    if (at === '/users') return page('users', company.users, query);
    const listed = company.groups.map(({ members, ...group }) => ({
      kind: 'admin#directory#group',
      ...group,
      directMembersCount: String(members.length),
    }));
    if (at === '/groups') return page('groups', listed, query);
    const [, id = '', isMembers] = /^\/groups\/([^/]+)(\/members)?$/.exec(at) ?? [];
    const group = company.groups.find((one) => one.id === id);
    if (group === undefined) return failure(404, `Resource Not Found: groupKey`, 'notFound');
    if (isMembers === undefined) return { status: 200, body: listed.find((one) => one.id === id) };
    const members = query.get('includeDerivedMembership') === 'true' ? derived(group) : group.members;
    return page(
      'members',
      members.map((member) => ({ kind: 'admin#directory#member', ...member })),
      query,
    );
  }

  function derived(group: ImitatedGroup, above: readonly string[] = []): ImitatedMember[] {
    return group.members.flatMap((member) => {
      const inner = member.type === 'GROUP' && company.groups.find(({ id }) => id === member.id);
      if (!inner || above.includes(inner.id)) return [member];
      return [member, ...derived(inner, [...above, group.id])];
    });
  }

  /** The API leaves an empty list out. */
  function page(name: string, items: readonly object[], query: URLSearchParams): Answered {
    const size = Math.min(Number(query.get('maxResults') ?? 100), pageSize.most);
    const start = Number(query.get('pageToken') ?? 0);
    if (start > 0 && faults.has('second_page_lost')) return failure(500, 'Backend Error', 'backendError');
    const shown = items.slice(start, start + size);
    const again = faults.has('same_page_again');
    const hasMore = again || start + size < items.length;
    return {
      status: 200,
      body: {
        kind: `admin#directory#${name}`,
        ...(shown.length === 0 ? {} : { [name]: shown }),
        ...(hasMore ? { nextPageToken: again ? '1' : String(start + size) } : {}),
      },
    };
  }

  return {
    hosts,
    company,
    faults,
    client,
    granted,
    pageSize,
    admin,
    asked: server.asked,
    /** The key file that the console gives for the service account. */
    keyFile: JSON.stringify({
      type: 'service_account',
      project_id: 'acme-sync',
      private_key_id: 'f00dfeedc0ffee00',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: clientEmail,
      client_id: '104857600000000000001',
      token_uri: 'https://oauth2.googleapis.com/token',
    }),
    close: server.close,
  };
}

export type GoogleImitation = Awaited<ReturnType<typeof imitateGoogle>>;

function failure(
  code: number,
  message: string,
  reason: string,
  headers: Record<string, string> = {},
): Answered {
  return {
    status: code,
    headers,
    body: { error: { code, message, errors: [{ message, domain: 'global', reason }] } },
  };
}

/** A user as the API shows one. */
export function aGoogleUser(number: number, change: Partial<ImitatedUser> = {}): ImitatedUser {
  return {
    kind: 'admin#directory#user',
    id: String(100_000 + number),
    primaryEmail: `person${number}@acme.test`,
    name: { givenName: 'Person', familyName: `No${number}`, fullName: `Person No${number}` },
    isAdmin: false,
    suspended: false,
    archived: false,
    orgUnitPath: '/',
    organizations: [{ title: 'Engineer', primary: true, department: 'Engineering' }],
    ...change,
  };
}
