import { expect } from 'vitest';
import { personAt, type Visitor } from '../../sandbox/rehearsal/visitor.ts';
import { eventually } from '../support/eventually.ts';
import type { TestProduct } from '../support/product.ts';
import { aCanary } from './planted-secrets.ts';

/** The portal's road by the requests that its pages make, for tests that look at what is left of it. */

export type Call = ReturnType<typeof pageCaller>;

/** Calls as a page's script makes them. */
export function pageCaller(visitor: Visitor, base: string, handle: string) {
  return (method: string, route: string, body?: unknown) =>
    visitor.call(method, `${base}${route}`, body, {
      'x-vestibule-session': handle,
      'idempotency-key': aCanary('try'),
    });
}

/** The answer to a call that has to work. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look where they please
export async function done(call: Promise<{ status: number; body: any }>): Promise<any> {
  const { status, body } = await call;
  expect(status, JSON.stringify(body)).toBeLessThan(400);
  return body;
}

export async function reach(look: () => Promise<unknown>, state: unknown): Promise<void> {
  await eventually(async () => expect(await look()).toBe(state), { everyMs: 300 });
}

/** Signs in at the Test IdP as one of the domain's people and comes back. */
export async function signInAt(visitor: Visitor, url: string, domain: string) {
  const people = await visitor.open(url);
  const answer = await visitor.submit(people, personAt(people, domain));
  return visitor.submit(answer);
}

/** From the provider's metadata to a live connection, with the domain proved on the way. */
export async function goLiveByRequests(
  product: TestProduct,
  admin: Visitor,
  setup: Call,
  domain: string,
): Promise<void> {
  const { metadataUrl } = await product.call('GET', '/sandbox/test-idp');
  await done(setup('POST', '/sso/metadata', { way: 'metadata_url', url: metadataUrl, accepted: true }));
  const { domain: claimed } = await done(setup('POST', '/domains', { domain }));
  const { name, value } = claimed.record;
  await product.call('POST', '/sandbox/dns/records', { name, type: 'TXT', value });
  await reach(async () => {
    await setup('POST', `/domains/${claimed.id}/check`, {});
    return (await done(setup('GET', `/domains/${claimed.id}`))).domain.state;
  }, 'verified');

  const test = await done(setup('POST', '/sso/tests', {}));
  await signInAt(admin, test.url, domain);
  await reach(async () => {
    const { view } = await done(setup('GET', '/sso'));
    const steps: { step: string; state: string }[] = view.features.flatMap(
      (feature: { steps: unknown[] }) => feature.steps,
    );
    return steps.find(({ step }) => step === 'test_sign_in')?.state;
  }, 'done');
  await done(setup('POST', '/sso/go-live', {}));
  await reach(async () => (await done(setup('GET', '/sso'))).connection.chip, 'live');
}
