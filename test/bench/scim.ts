import pg from 'pg';
import { request } from 'undici';
import { measureEach, type Measured, type Scenario } from './driver.ts';
import type { RunningProduct } from './product.ts';

/** What clients ask most, of a directory of 10,000 people and of one of 100,000, beside the bare server. */
interface ScimComparison {
  bare: Scenario;
  ours: Scenario[];
  goals: string[];
}

const callers = 16;
const seconds = 5;

interface Directory {
  id: string;
  call: Call;
}
type Call = (method: 'GET' | 'POST' | 'PATCH', route: string, body?: unknown) => Promise<string>;

export async function scimScenarios(product: RunningProduct): Promise<ScimComparison[]> {
  const [directory, large, crowd] = [
    await aDirectory(product),
    await aDirectory(product),
    await aDirectory(product),
  ];
  await fill(product, directory, 10_000);
  await fill(product, large, 100_000);
  await fill(product, crowd, 20_000);
  const bare = callerAt(product.bare.url, {});
  const ours = { pid: product.apiPid, callers, seconds };
  const plain = { pid: product.bare.pid, callers, seconds };
  let made = 0;
  const anybody = (count: number) => 1 + Math.floor(Math.random() * count);

  const [small, huge] = [await aGroup(crowd, 10), await aGroup(crowd, 10_000)];
  /** Who is in neither of them. */
  const newcomers = Array.from({ length: 10_000 }, (_, at) => seededId(crowd, 10_001 + at));
  const join = (group: string): Scenario['once'] => {
    let next = 0;
    return async () => {
      const value = newcomers[next++ % newcomers.length];
      const operation = {
        op: next % 20_000 < 10_000 ? 'add' : 'remove',
        path: 'members',
        value: [{ value }],
      };
      await crowd.call('PATCH', `/Groups/${group}`, { Operations: [operation] });
    };
  };

  return [
    {
      bare: {
        ...plain,
        name: 'bare server: find by name',
        once: async () => void (await bare('GET', `/people?userName=person${anybody(10_000)}%40acme.test`)),
      },
      ours: [
        { ...ours, name: 'filter userName, of 10,000', once: find(directory, 10_000) },
        { ...ours, name: 'filter userName, of 100,000', once: find(large, 100_000) },
      ],
      goals: ['goal ≥ 0.5', 'goal: the same'],
    },
    {
      bare: {
        ...plain,
        name: 'bare server: count and offset',
        once: async () => void (await bare('GET', `/people?startIndex=${anybody(9_900)}`)),
      },
      ours: [
        {
          ...ours,
          name: 'list 100 at any page',
          once: async () =>
            void (await directory.call('GET', `/Users?startIndex=${anybody(9_900)}&count=100`)),
        },
      ],
      goals: ['goal ≥ 2'],
    },
    {
      bare: {
        ...plain,
        name: 'bare server: insert a person',
        once: async () => void (await bare('POST', '/people', aPerson(`bare${(made += 1)}`))),
      },
      ours: [
        {
          ...ours,
          name: 'POST a user',
          once: async () => void (await directory.call('POST', '/Users', aPerson(`new${(made += 1)}`))),
        },
      ],
      goals: ['goal ≥ 0.5'],
    },
    {
      bare: {
        ...plain,
        name: 'bare server: update a person',
        once: async () =>
          void (await bare('PATCH', `/people/${anybody(10_000)}`, { active: (made += 1) % 2 === 0 })),
      },
      ours: [
        { ...ours, name: 'PATCH active', once: turn(directory, 10_000) },
        { ...ours, name: 'PATCH active, while many leave', once: letGo(large, 100_000) },
      ],
      goals: ['goal ≥ 0.5', ''],
    },
    {
      bare: {
        ...plain,
        name: 'bare server: insert a member',
        callers: 4,
        once: async () => void (await bare('POST', '/members', { group: 1, person: (made += 1) })),
      },
      ours: [
        { ...ours, name: 'add a member to a group of 10', callers: 4, once: join(small) },
        { ...ours, name: 'add a member to a group of 10,000', callers: 4, once: join(huge) },
      ],
      goals: ['', 'goal: the same'],
    },
  ];
}

const find =
  ({ call }: Directory, count: number): Scenario['once'] =>
  async () => {
    const name = `person${1 + Math.floor(Math.random() * count)}@acme.test`;
    const answer = await call('GET', `/Users?filter=${encodeURIComponent(`userName eq "${name}"`)}`);
    if (!answer.includes('"totalResults":1')) throw new Error(`${name} is not there`);
  };

/** Out and in again, one person after another: every caller's own, so that few are out at a time. */
function turn({ id, call }: Directory, count: number): Scenario['once'] {
  const out: string[] = [];
  let next = 0;
  return async () => {
    const back = out.pop();
    const path = back ?? `/Users/${seededId({ id }, 1 + (next++ % count))}`;
    await call('PATCH', path, setActive(back !== undefined));
    if (back === undefined) out.push(path);
  };
}

/** Anybody, out or in: soon so many are out that the guard counts them, and then that they are on hold. */
function letGo({ id, call }: Directory, count: number): Scenario['once'] {
  let made = 0;
  return async () => {
    const path = `/Users/${seededId({ id }, 1 + Math.floor(Math.random() * count))}`;
    await call('PATCH', path, setActive((made += 1) % 2 === 0));
  };
}

const setActive = (active: boolean) => ({ Operations: [{ op: 'replace', value: { active } }] });

/** A thousand people into a new group, one group after another. */
export async function manyMembers(product: RunningProduct): Promise<Measured> {
  const directory = await aDirectory(product);
  await fill(product, directory, 1_000);
  const value = Array.from({ length: 1_000 }, (_, at) => ({ value: seededId(directory, at + 1) }));
  const groups = await Promise.all(Array.from({ length: 40 }, () => aGroup(directory, 0)));
  return measureEach(
    {
      name: 'add 1,000 members at once',
      callers: 1,
      pid: product.apiPid,
      once: async (group: string) => {
        const Operations = [{ op: 'add', path: 'members', value }];
        await directory.call('PATCH', `/Groups/${group}`, { Operations });
      },
    },
    groups,
  );
}

function aPerson(name: string): object {
  const userName = `${name}@acme.test`;
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    externalId: name,
    displayName: `Person ${name}`,
    active: true,
    name: { givenName: 'Person', familyName: name },
    emails: [{ value: userName, type: 'work', primary: true }],
  };
}

async function aDirectory({ url, apiKey }: RunningProduct): Promise<Directory> {
  const developer = callerAt(url, { authorization: `Bearer ${apiKey}` });
  const { id } = JSON.parse(await developer('POST', '/organizations', { name: 'Directory' })) as {
    id: string;
  };
  const body = { organization_id: id, type: 'okta scim v2.0', name: 'Bench' };
  const made = JSON.parse(await developer('POST', '/directories', body)) as {
    id: string;
    scim: { base_url: string; bearer_token: string };
  };
  const call = callerAt(made.scim.base_url, { authorization: `Bearer ${made.scim.bearer_token}` });
  // The first one links the directory.
  await call('POST', '/Users', aPerson('first'));
  return { id: made.id, call };
}

let groups = 0;

async function aGroup({ id, call }: Directory, count: number): Promise<string> {
  const members = Array.from({ length: count }, (_, at) => ({ value: seededId({ id }, at + 1) }));
  const body = { displayName: `Group ${(groups += 1)}`, externalId: `g${groups}`, members };
  return (JSON.parse(await call('POST', '/Groups', body)) as { id: string }).id;
}

/** Ids that the seeded people have, in the directory's own part of the alphabet. */
const seededId = ({ id }: Pick<Directory, 'id'>, at: number) =>
  `directory_user_${id.slice(-16)}${String(at).padStart(10, '0')}`;

async function fill({ databaseUrl }: RunningProduct, { id }: Directory, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `insert into directory_users (id, environment_id, organization_id, directory_id, generation, external_id, user_name,
      user_name_key, email, email_key, first_name, last_name, display_name, raw, active, state, created_at, updated_at)
    select 'directory_user_' || right($1::text, 16) || lpad(n::text, 10, '0'), environment_id, organization_id, id, generation, 'e' || n,
      named.called, named.called, named.called, named.called, 'Person', n::text, 'Person ' || n,
      jsonb_build_object('schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:User'), 'userName', named.called,
        'externalId', 'e' || n, 'displayName', 'Person ' || n, 'active', true,
        'name', jsonb_build_object('givenName', 'Person', 'familyName', n::text),
        'emails', jsonb_build_array(jsonb_build_object('value', named.called, 'type', 'work', 'primary', true))),
      true, 'active', now() - (200000 - n) * interval '1 second', now()
    from directories, generate_series(1, $2::integer) as n, lateral (select 'person' || n || '@acme.test' as called) as named
    where directories.id = $1::text`,
      [id, count],
    );
    await client.query('vacuum analyze directory_users');
  } finally {
    await client.end();
  }
}

function callerAt(base: string, headers: Record<string, string>): Call {
  return async (method, route, body) => {
    const response = await request(`${base}${route}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new Error(`${method} ${route}: ${response.statusCode} ${text}`);
    return text;
  };
}
