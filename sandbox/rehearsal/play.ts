import type {
  RehearsalFailure,
  RehearsalLeftover,
  RehearsalLine,
  RehearsalStep,
} from '../../onboarding/rehearsal.ts';
import {
  answerMs,
  developerCaller,
  patient,
  portalCaller,
  signInAt,
  until,
  type Call,
  type Json,
} from './callers.ts';
import { NotPlayed } from './not-played.ts';
import { createVisitor, sessionHandleIn, type Page, type Visitor } from './visitor.ts';

/**
 * A whole customer, from nothing to a user who has signed in: by HTTP alone, and with nothing that a developer, an IT
 * admin and a user could not do themselves. `npm run demo` and the dashboard's rehearsal both play it.
 */
export interface Stage {
  urls: { api: string; portal: string };
  /** The only origins that its people go to; everywhere unless told. */
  within?: readonly string[];
  /** Of the developer; may everything in a sandbox. */
  apiKey: string;
  clientId: string;
  /** Where the vendor's app takes codes. Nobody goes there: the play stops in front of it. */
  redirectUri: string;
  /** `domain` lies below `.test`. */
  customer: { name: string; domain: string };
  /** What an earlier play has left, to be deleted unless somebody has renamed it since. */
  leftover: RehearsalLeftover | null;
  /** Told of each act that came off. */
  say(line: RehearsalLine): Promise<void> | void;
  /** Calls the play off. */
  signal?: AbortSignal;
}

/** What was made, for whoever goes on from there. */
export interface Played {
  organizationId: string;
  onboardingId: string;
  /** Where a user begins to sign in. */
  authorizeUrl: string;
  profile: Json;
}

/** Which act did not come off, and why. */
export class RehearsalEnded extends Error {
  readonly failure: RehearsalFailure;

  constructor(failure: RehearsalFailure, cause: unknown) {
    super(`${failure.step}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'RehearsalEnded';
    this.failure = failure;
  }
}

/** Throws `RehearsalEnded` with the first act that does not come off. */
export async function playCustomer(stage: Stage): Promise<Played> {
  const { urls, signal, customer } = stage;
  const developer = developerCaller(urls.api, stage.apiKey, signal);
  const newVisitor = (stopAt: string[] = []) =>
    createVisitor({ stopAt, signal: () => patient(signal), ...(stage.within && { within: stage.within }) });

  async function act<T>(step: RehearsalStep, work: () => Promise<Done<T>>): Promise<T> {
    try {
      const { facts = {}, shown = null, made } = await work();
      await stage.say({ step, facts, shown });
      return made;
    } catch (error) {
      throw new RehearsalEnded({ step, ...whyNot(error, signal) }, error);
    }
  }

  if (stage.leftover !== null) await cleanUp(developer, stage.leftover, act);
  const { organizationId, onboardingId, contact } = await invite(developer, customer, act);
  const link = await act('invitation', () => readInvitation(developer, { contact, urls, signal }));

  const admin = newVisitor();
  const setup = await act('link', async () => {
    const home = await openLink(admin, link, { developer, contact, signal });
    const handle = /\/setup\/([^/]+)\//.exec(home.url)?.[1] ?? '';
    return { made: portalCaller(admin, `${urls.portal}/setup/${handle}/api`, sessionHandleIn(home)) };
  });
  await setUp(setup, admin, { developer, domain: customer.domain, signal }, act);

  const asked = { client_id: stage.clientId, redirect_uri: stage.redirectUri, response_type: 'code' };
  const query = new URLSearchParams({ ...asked, organization: organizationId, state: 'rehearsal' });
  const authorizeUrl = `${urls.api}/sso/authorize?${query.toString()}`;
  const code = await act('sign_in', async () => {
    const back = await signInAt(newVisitor([stage.redirectUri]), authorizeUrl, customer.domain);
    return { facts: { app: new URL(stage.redirectUri).host }, made: codeIn(back, stage.redirectUri) };
  });
  const profile = await act('profile', async () => {
    const { clientId: client_id, apiKey: client_secret } = stage;
    const exchange = { client_id, client_secret, grant_type: 'authorization_code', code };
    const { profile: received } = await developer('POST', '/sso/token', exchange);
    return { facts: { email: received.email, id: received.id }, made: received };
  });
  await act('event', async () => {
    const route = `/events?events=onboarding.live&organization_id=${organizationId}`;
    const live = await until(async () => (await developer('GET', route)).data[0], signal);
    return { facts: { name: live.event }, shown: { kind: 'event', id: live.id }, made: undefined };
  });
  return { organizationId, onboardingId, authorizeUrl, profile };
}

type Done<T> = { facts?: RehearsalLine['facts']; shown?: RehearsalLine['shown']; made: T };
type Act = <T>(step: RehearsalStep, work: () => Promise<Done<T>>) => Promise<T>;

/** A customer that somebody has renamed is theirs now, and stays. */
async function cleanUp(developer: Call, leftover: RehearsalLeftover, act: Act): Promise<void> {
  const { organizationId, name, recordId } = leftover;
  const found = await ifThere(developer('GET', `/organizations/${organizationId}`));
  if (found?.name !== name) return;
  await act('clean_up', async () => {
    await ifThere(developer('DELETE', `/organizations/${organizationId}`));
    if (recordId !== null) await ifThere(developer('DELETE', `/sandbox/dns/records/${recordId}`));
    return { facts: { name }, made: undefined };
  });
}

async function invite(developer: Call, { name, domain }: Stage['customer'], act: Act) {
  const contact = `it@${domain}`;
  const organizationId = await act('organization', async () => {
    const { id } = await developer('POST', '/organizations', { name });
    return { facts: { name }, shown: { kind: 'organization', id }, made: id as string };
  });
  const onboardingId = await act('onboarding', async () => {
    const { id } = await developer('POST', '/onboardings', {
      organization: organizationId,
      features: [{ feature: 'sso' }, { feature: 'domain_verification', requirement: 'required' }],
      contacts: [contact],
    });
    return { facts: { email: contact }, shown: { kind: 'onboarding', id }, made: id as string };
  });
  return { organizationId, onboardingId, contact };
}

type Mailed = { contact: string; signal: AbortSignal | undefined };

async function newestMail(developer: Call, contact: string): Promise<Json> {
  const { mails } = await developer('GET', `/sandbox/mails?to=${encodeURIComponent(contact)}&limit=1`);
  return mails.length === 0 ? undefined : developer('GET', `/sandbox/mails/${mails[0].id}`);
}

async function readInvitation(
  developer: Call,
  { contact, urls, signal }: Mailed & { urls: Stage['urls'] },
): Promise<Done<string>> {
  const isDoor = (link: string) => link.startsWith(`${urls.portal}/setup/`);
  const mail = await until(async () => {
    const newest = await newestMail(developer, contact);
    return newest?.links.some(isDoor) === true ? newest : undefined;
  }, signal);
  return {
    facts: { subject: mail.subject },
    shown: { kind: 'mail', id: mail.id },
    made: mail.links.find(isDoor),
  };
}

/** Presses the button of the link's page, and types the code of the mail where the environment asks for one. */
async function openLink(
  admin: Visitor,
  link: string,
  { developer, contact, signal }: Mailed & { developer: Call },
): Promise<Page> {
  const opened = await admin.submit(await admin.open(link));
  if (!opened.html.includes('name="code"')) return opened;
  const code = await until(
    async () => /\b\d{6}\b/.exec((await newestMail(developer, contact)).text)?.[0],
    signal,
  );
  return admin.submit(opened, { code });
}

/** Everything that the IT admin does. */
async function setUp(
  setup: Call,
  admin: Visitor,
  { developer, domain, signal }: { developer: Call; domain: string; signal: AbortSignal | undefined },
  act: Act,
): Promise<void> {
  await act('provider', async () => {
    await setup('POST', '/sso/provider', { providerId: 'test-idp' });
    await setup('POST', '/sso/configuration-done', {});
    const { metadataUrl: url } = await developer('GET', '/sandbox/test-idp');
    await setup('POST', '/sso/metadata/check', { way: 'metadata_url', url });
    await setup('POST', '/sso/metadata', { way: 'metadata_url', url, accepted: true });
    return { facts: { url }, made: undefined };
  });

  const domainId = await act('record', async () => {
    const { domain: claimed } = await setup('POST', '/domains', { domain });
    const { name, value } = claimed.record;
    const { id } = await developer('POST', '/sandbox/dns/records', { name, type: 'TXT', value });
    return { facts: { name, value }, shown: { kind: 'record', id }, made: claimed.id as string };
  });
  await act('domain', async () => {
    await until(async () => {
      const { domain: seen } = await setup('GET', `/domains/${domainId}`);
      if (seen.state === 'verified') return true;
      // Asking too often is refused; the next look may ask again.
      await setup('POST', `/domains/${domainId}/check`, {}).catch(() => undefined);
      return undefined;
    }, signal);
    return { facts: { domain }, made: undefined };
  });

  await act('test', async () => {
    const test = await setup('POST', '/sso/tests', {});
    const shown = { kind: 'attempt', id: test.attemptId } as const;
    const attempt = () => setup('GET', `/sso/attempts/${test.attemptId}`);
    try {
      await signInAt(admin, test.url, domain);
    } catch (error) {
      // Where there is a verdict it says better what is wrong.
      if ((await attempt()).chip === 'in_progress') throw error;
    }
    const { chip, cause, email, reference } = await attempt();
    if (chip !== 'success') throw new NotPlayed('attempt_failed', { cause: cause ?? chip, reference }, shown);
    return { facts: { email, reference }, shown, made: undefined };
  });
  await act('live', async () => {
    await until(async () => {
      const { view } = await setup('GET', '/sso');
      const steps: Json[] = view.features.flatMap((feature: Json) => feature.steps);
      return steps.find(({ step }) => step === 'test_sign_in')?.state === 'done' ? true : undefined;
    }, signal);
    await setup('POST', '/sso/go-live', {});
    await until(async () => {
      const { connection } = await setup('GET', '/sso');
      return connection.chip === 'live' ? true : undefined;
    }, signal);
    return { made: undefined };
  });
}

function codeIn({ url, status }: Page, redirectUri: string): string {
  const back = new URL(url);
  if (!url.startsWith(redirectUri)) {
    throw new NotPlayed('unexpected_page', { path: back.pathname, status: String(status) });
  }
  const code = back.searchParams.get('code');
  if (code === null) {
    throw new NotPlayed('sign_in_refused', { error: back.searchParams.get('error') ?? '' });
  }
  return code;
}

/** Undefined for what is not there. */
async function ifThere(answer: Promise<Json>): Promise<Json> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotPlayed && error.facts['status'] === '404') return undefined;
    throw error;
  }
}

function whyNot(error: unknown, signal: AbortSignal | undefined): Omit<RehearsalFailure, 'step'> {
  if (error instanceof NotPlayed) {
    const { reason, facts, shown } = error;
    return { reason, facts, shown };
  }
  const reason = signal?.aborted === true ? 'stopped' : 'broke';
  const isLate = reason === 'broke' && error instanceof Error && error.name === 'TimeoutError';
  return isLate
    ? { reason: 'did_not_come', facts: { seconds: String(answerMs / 1_000) }, shown: null }
    : { reason, facts: {}, shown: null };
}
