import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { notifyChange, withTenant } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, aVendor, type Vendor } from '../support/builders.ts';
import { anInvited, type Visitor } from '../support/visitor.ts';

let api: TestApi;
let vendor: Vendor;
let visitor: Visitor;
let organizationId: string;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  visitor = await anInvited(api, vendor, organizationId);
});

/** The page's stream: read on until it says something that fits. */
async function listen(to: Visitor) {
  const response = await fetch(
    `${api.url}/setup/${vendor.environment.handle}/api/live?session=${encodeURIComponent(to.handle)}`,
    { headers: { cookie: to.cookie, accept: 'text/event-stream' } },
  );
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  return {
    response,
    async until(wanted: RegExp): Promise<string> {
      while (!wanted.test(heard)) {
        const piece = await reader?.read();
        if (piece === undefined || piece.done) return `${heard}[end]`;
        heard += piece.value;
      }
      return heard;
    },
    close: () => reader?.cancel(),
  };
}

describe('the live stream', () => {
  test('hints with ids only, and proxies must not hold it back', async () => {
    const live = await listen(visitor);
    await live.until(/retry/);

    const { body } = await visitor.ask('POST', '/domains', { domain: 'live.test' });
    const heard = await live.until(/"kind":"domain"/);

    expect(live.response.headers.get('content-type')).toContain('text/event-stream');
    expect(live.response.headers.get('cache-control')).toContain('no-transform');
    expect(heard).toContain(`data: {"kind":"domain","id":"${body.domain.id}"}`);
    expect(heard).not.toContain('live.test');
    await live.close();
  });

  test('says which kind of thing has changed, of every kind that a page shows', async () => {
    const live = await listen(visitor);
    await live.until(/retry/);
    const whose = { environmentId: vendor.environment.id, organizationId };

    await withTenant(api.deps.db, whose, (tx) => {
      for (const kind of ['onboarding', 'attempt', 'domain', 'directory'] as const)
        notifyChange(tx, whose, kind, `${kind}_1`);
      return Promise.resolve();
    });
    const heard = await live.until(/"kind":"directory"/);

    expect([...heard.matchAll(/"kind":"(\w+)"/g)].map(([, kind]) => kind).toSorted()).toEqual([
      'attempt',
      'directory',
      'domain',
      'onboarding',
    ]);
    await live.close();
  });

  test('tells nobody of another organization', async () => {
    const neighbour = await anInvited(api, vendor, (await anOrganization(vendor, { name: 'Beta' })).id);
    const live = await listen(neighbour);
    await live.until(/retry/);

    await visitor.ask('POST', '/domains', { domain: 'secret.test' });
    const { body } = await neighbour.ask('POST', '/domains', { domain: 'own.test' });
    const heard = await live.until(new RegExp(body.domain.id));

    expect(heard.match(/"kind":"domain"/g)).toHaveLength(1);
    await live.close();
  });

  test('ends with its session', async () => {
    const live = await listen(visitor);
    await live.until(/retry/);

    await visitor.ask('POST', '/session/finish');

    expect(await live.until(/\[never\]/)).toMatch(/"kind":"session".*\[end\]$/s);
  });

  test('is refused without a session, and to the page of another one', async () => {
    const base = `${api.url}/setup/${vendor.environment.handle}/api/live`;

    const stranger = await fetch(`${base}?session=${visitor.handle}`);
    const differs = await fetch(`${base}?session=other`, { headers: { cookie: visitor.cookie } });

    expect([stranger.status, differs.status]).toEqual([401, 409]);
  });
});
