import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSamlVerifier } from '../../adapters/saml/verifier.ts';
import { begin, codeOf, newestOf } from '../support/saml-answers.ts';
import { aSignInCustomer, aSignInWorld, type SignInWorld } from '../support/sign-in.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await aSignInWorld();
});
afterAll(() => world.close());

it('an answer that finds the queue full gets 503 and when to come again, and is as good as before then [SAML-04]', async () => {
  const customer = await aSignInCustomer(world);
  const { browser, acs, fields } = await begin(world, customer);
  const { samlVerifier } = world.api.deps;
  const full = createSamlVerifier({ threads: 1, queueLimit: 0 });

  world.api.deps.samlVerifier = full;
  const refused = await browser.post(acs, fields);
  world.api.deps.samlVerifier = samlVerifier;
  await full.close();
  const waiting = await newestOf(world, customer);
  const end = await browser.follow(await browser.post(acs, fields));

  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('content-type')).toContain('text/html');
  expect(waiting).toMatchObject({ state: 'in_progress', answeredAt: null, consumedAt: null });
  expect(codeOf(end)).toBeTruthy();
  expect((await newestOf(world, customer)).state).toBe('success');
});
