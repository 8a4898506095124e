import { newId } from '../adapters/ids.ts';
import type { Secrets } from '../adapters/secrets.ts';
import { thingAgeing } from '../adapters/mail/contact-mails.ts';
import {
  findAgeing,
  findConnection,
  findDirectory,
  findLogStream,
  insertEvent,
  listItContacts,
  takeAgeingNotice,
  withTenant,
  type RenewedThing,
  type AgeingThing,
  type Tx,
} from '../db/index.ts';
import { daysUntil, spokenOfDays } from '../onboarding/ageing.ts';
import { directoryInWords } from '../onboarding/providers/directory/names.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import { dayIn } from './calendar.ts';
import { mailEveryContact, type ContactNews } from './contact-news.ts';
import type { Activities, OfAgeing } from './index.ts';
import type { MailDeps } from './mail-delivery.ts';
import { dayOf, noticeIn, noticesDue, vendorZone, zoneOf } from './notice-days.ts';
import { renewalDoor } from './renewal-door.ts';

/** The watch over one thing that ends: when it is spoken of, and to whom. Days are counted on each reader's calendar. */
export type AgeingDeps = MailDeps & { secrets: Secrets };

export function ageingActivities(deps: AgeingDeps): Pick<Activities, 'lookAtAgeing' | 'announceAgeing'> {
  return {
    async lookAtAgeing(subject) {
      const { thing, zones } = await withTenant(deps.db, subject, async (tx) => ({
        thing: await findAgeing(tx, subject, subject),
        zones: [vendorZone, ...(await listItContacts(tx, subject)).map(zoneOf)],
      }));
      const now = deps.now();
      // A long life again: the sweep starts the watch anew when the first notice comes near.
      if (
        thing === undefined ||
        daysUntil(dayOf(thing.end, vendorZone), dayIn(now, vendorZone)) > spokenOfDays + 2
      )
        return { state: 'gone' };
      return { state: 'ageing', endsOn: dayOf(thing.end, vendorZone), ...noticesDue(thing.end, zones, now) };
    },

    async announceAgeing(subject) {
      const now = deps.now();
      const found = await withTenant(deps.db, subject, async (tx) => {
        const thing = await findAgeing(tx, subject, subject);
        const source = thing && (await findSource(tx, subject, thing));
        if (thing === undefined || source === undefined) return undefined;
        await tellVendor(tx, subject, thing, now);
        const zones = new Set((await listItContacts(tx, subject)).map(zoneOf));
        return { thing, source, zones };
      });
      if (found === undefined) return;
      const news = [...found.zones].flatMap((zone) => newsIn(deps, zone, subject, found, now));
      if (!(await mailEveryContact(deps, subject, news))) {
        throw new Error('some contacts could not be written to yet');
      }
    },
  };
}

async function tellVendor(tx: Tx, subject: OfAgeing, thing: AgeingThing, now: Date): Promise<void> {
  const { environmentId, organizationId, kind, subjectId } = subject;
  const { endsOn, threshold } = noticeIn(thing.end, vendorZone, now);
  if (threshold === undefined) return;
  const notice = { environmentId, organizationId, kind, subjectId, endsOn, threshold, toldAt: now };
  if (!(await takeAgeingNotice(tx, notice))) return;
  // The contract has no event for a token or the credential of a stream that ends.
  if (kind === 'scim_token' || kind === 'stream_credential') return;
  const expiry = {
    expiry_date: 'at' in thing.end ? thing.end.at.toISOString() : endsOn,
    is_expired: 'at' in thing.end ? thing.end.at <= now : endsOn < dayIn(now, vendorZone),
  };
  const data = {
    connection: { id: thing.sourceId, organization_id: organizationId },
    ...(kind === 'client_secret'
      ? { client_secret: expiry }
      : { certificate: { certificate_type: certificateTypes[kind], ...expiry } }),
    days_until_expiry: daysUntil(endsOn, dayIn(now, vendorZone)),
  };
  const name =
    kind === 'client_secret'
      ? 'connection.client_secret_renewal_required'
      : 'connection.saml_certificate_renewal_required';
  await insertEvent(tx, { id: newId('event_'), environmentId, organizationId, name, data, createdAt: now });
}

/** What is called by which name, and where it is renewed. */
interface Source {
  name: string;
  page: string;
}

async function findSource(
  tx: Tx,
  { kind, ...whose }: OfAgeing,
  thing: AgeingThing,
): Promise<Source | undefined> {
  if (kind === 'scim_token') {
    const directory = await findDirectory(tx, whose, thing.sourceId);
    return directory && { name: directoryInWords(directory), page: 'directory/tokens' };
  }
  if (kind === 'stream_credential') {
    const stream = await findLogStream(tx, whose, thing.sourceId);
    return stream && { name: stream.name, page: `log-streams/${stream.id}` };
  }
  const connection = await findConnection(tx, whose, thing.sourceId);
  return (
    connection && {
      name: findGuide(connection.providerId ?? '')?.name ?? connection.name,
      page: `sso/of/${connection.id}`,
    }
  );
}

const certificateTypes = { signing_key: 'RequestSigning', encryption_key: 'ResponseEncryption' } as const;

/** What the customer renews by a link of its own; our own keys are the whole set-up's, where they are given to the provider. */
function renewedBy(kind: OfAgeing['kind'], { sourceId }: AgeingThing): RenewedThing | undefined {
  switch (kind) {
    case 'client_secret':
      return { connectionId: sourceId, protocol: 'oidc' };
    case 'scim_token':
      return { directoryId: sourceId };
    case 'stream_credential':
      return { logStreamId: sourceId };
    default:
      return undefined;
  }
}

/** What the contacts of one zone hear now; each of them once a threshold. */
function newsIn(
  deps: AgeingDeps,
  zone: string,
  { kind, subjectId, ...whose }: OfAgeing,
  { thing, source }: { thing: AgeingThing; source: Source },
  now: Date,
): ContactNews[] {
  const { endsOn, threshold } = noticeIn(thing.end, zone, now);
  if (threshold === undefined) return [];
  const renewed = renewedBy(kind, thing);
  return [
    {
      kind: `${kind}_ageing`,
      effect: `age:${kind}:${subjectId}:${endsOn}:${threshold}`,
      page: source.page,
      ...(renewed === undefined ? {} : { door: renewalDoor(deps, whose, renewed) }),
      isFor: (contact) => zoneOf(contact) === zone,
      write: (brand, common) =>
        thingAgeing(brand, {
          ...common,
          kind,
          provider: source.name,
          days: daysUntil(endsOn, dayIn(now, zone)),
          endsOn,
        }),
    },
  ];
}
