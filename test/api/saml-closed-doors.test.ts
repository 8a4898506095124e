import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aVendor } from '../support/builders.ts';
import { answerTo, begin, codeOf, errorOf, newestOf } from '../support/saml-answers.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  authorizeUrl,
  givePublicFace,
  signInAt,
  type SignInCustomer,
  type SignInWorld,
} from '../support/sign-in.ts';

/** Every way in asks whether the connection may be used [SAML-01]; none of them is forgotten (CVE-2026-2603, -3009). */
let world: SignInWorld;
beforeAll(async () => {
  world = await aSignInWorld();
});
afterAll(() => world.close());

const closings = {
  'is switched off': ({ connection }: SignInCustomer) => set(connection.id, { state: 'inactive' }),
  'is a draft again': ({ connection }: SignInCustomer) => set(connection.id, { state: 'draft' }),
  'is being deleted': ({ connection }: SignInCustomer) => set(connection.id, { state: 'deleting' }),
  'was deleted': ({ connection }: SignInCustomer) =>
    set(connection.id, { state: 'active', deletedAt: world.api.deps.now() }),
};
const set = (id: string, change: { state: 'inactive' | 'draft' | 'deleting' | 'active'; deletedAt?: Date }) =>
  world.api.systemDb.untenanted.updateTable('connections').set(change).where('id', '=', id).execute();

describe.each(Object.entries(closings))('a connection that %s', (_name, close) => {
  it('lets nobody in by any way', async () => {
    const customer = await aSignInCustomer(world);
    const { connection } = customer;
    const code = codeOf(await signInAt(world, { connection: connection.id })) ?? '';
    const exchanged = codeOf(await signInAt(world, { connection: connection.id })) ?? '';
    const token = async (given: string) => {
      const response = await fetch(`${world.api.url}/sso/token`, {
        method: 'POST',
        body: new URLSearchParams({
          client_id: world.vendor.environment.clientId,
          client_secret: world.vendor.secret,
          grant_type: 'authorization_code',
          code: given,
        }),
      });
      return { status: response.status, body: await response.json() };
    };
    const { body } = await token(exchanged);
    const pending = await begin(world, customer);
    const bounced = await begin(world, customer);
    const bounce = await bounced.browser.post(bounced.acs, bounced.fields);

    await close(customer);

    const browser = aBrowser();
    const authorize = await browser.get(authorizeUrl(world, { connection: connection.id }));
    expect(authorize.leadsTo?.href ?? '').not.toContain('/test-idp');
    expect((await browser.get(`${world.api.url}/sso/saml/${connection.id}/login`)).status).toBe(404);
    const posted = await pending.browser.follow(await pending.browser.post(pending.acs, pending.fields));
    expect(codeOf(posted)).toBeFalsy();
    expect(codeOf(await bounced.browser.follow(bounce))).toBeFalsy();
    const unasked = await browser.post(connection.acsUrl, answerTo(world, customer, undefined));
    expect([unasked.status, codeOf(unasked)]).toEqual([404, undefined]);
    expect((await token(code)).status).toBe(400);
    const profile = await fetch(`${world.api.url}/sso/profile`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(profile.status).toBe(401);
  });
});

describe('a connection of another environment', () => {
  it('is none that this one’s app can send people through, and its code is worth nothing here', async () => {
    const other = await aVendor(world.api);
    await givePublicFace(world.api, other, world.redirectUri);
    const theirs = await aSignInCustomer(world, { of: other });

    const end = await aBrowser().get(authorizeUrl(world, { connection: theirs.connection.id }));

    expect(errorOf(end)).toBe('connection_invalid');
    expect(end.leadsTo?.href).not.toContain('/test-idp');
  });

  it('has no use for an answer that was made for this one’s', async () => {
    const other = await aVendor(world.api);
    const [ours, theirs] = [await aSignInCustomer(world), await aSignInCustomer(world, { of: other })];
    const { browser, fields } = await begin(world, ours);

    await browser.follow(await browser.post(theirs.connection.acsUrl, fields));

    expect(await newestOf(world, theirs)).toMatchObject({ state: 'failed', cause: 'destination_differs' });
  });
});
