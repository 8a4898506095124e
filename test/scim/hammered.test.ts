import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import type { Reply } from '../support/builders.ts';
import { aScimClient, type ScimClient } from '../support/scim-client.ts';

let api: TestApi;
let clients: { mark: string; client: ScimClient; ids: string[]; groupId: string }[];
beforeAll(async () => {
  api = await startTestApi();
  clients = await Promise.all(
    ['north', 'south'].map(async (mark) => {
      const client = await aScimClient(api);
      const create = (at: number) =>
        client.call('POST', '/Users', {
          userName: `same${at}@acme.test`,
          displayName: mark,
          externalId: `e${at}`,
        });
      const people = await Promise.all(Array.from({ length: 20 }, (_, at) => create(at)));
      const ids = people.map(({ body }) => String(body.id));
      const members = ids.map((value) => ({ value }));
      const group = await client.call('POST', '/Groups', { displayName: mark, members });
      return { mark, client, ids, groupId: String(group.body.id) };
    }),
  );
});
afterAll(() => api.close());

/** The same names and external ids in both, so that whatever is mixed up is seen. */
const questions: readonly ((of: (typeof clients)[number], at: number) => Promise<Reply>)[] = [
  ({ client }, at) =>
    client.call('GET', `/Users?filter=${encodeURIComponent(`userName eq "same${at % 20}@acme.test"`)}`),
  ({ client }, at) => client.call('GET', `/Users?startIndex=${(at % 20) + 1}&count=5`),
  ({ client, ids }, at) => client.call('GET', `/Users/${ids[at % 20]}`),
  ({ client, ids, mark }, at) =>
    client.call('PATCH', `/Users/${ids[at % 20]}`, {
      Operations: [{ op: 'replace', value: { title: `${mark} ${at}` } }],
    }),
  ({ client, groupId }) => client.call('GET', `/Groups/${groupId}`),
  ({ client }, at) =>
    client.call(
      'GET',
      `/Users?filter=${encodeURIComponent(`title co "${at % 7}" or externalId pr`)}&count=3`,
    ),
];

test.each([1, 16, 64])(
  '[SCIM-01] two directories hammered at once over %i connections never see each other’s people, in 1,000 calls',
  async (connections) => {
    let next = 0;
    let foreign = 0;
    const statuses = new Set<number>();
    const connection = async () => {
      for (let at = next++; at < 1_000; at = next++) {
        const of = clients[at % 2];
        const ask = questions[Math.floor(at / 2) % questions.length];
        if (of === undefined || ask === undefined) throw new Error('nobody to ask');
        const { status, text } = await ask(of, at);
        statuses.add(status);
        const other = of.mark === 'north' ? 'south' : 'north';
        const others = clients.find(({ mark }) => mark === other);
        if (text.includes(other) || others?.ids.some((id) => text.includes(id))) foreign += 1;
        if (!text.includes(of.mark)) foreign += 1;
      }
    };
    await Promise.all(Array.from({ length: connections }, connection));

    expect(foreign).toBe(0);
    expect([...statuses]).toEqual([200]);
  },
);
