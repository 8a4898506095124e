import { newId } from '../adapters/ids.ts';
import type { Secrets } from '../adapters/secrets.ts';
import { linkSealedAt, mintSetupLink, setupUrl } from '../adapters/setup-links.ts';
import {
  findNewestRenewalLink,
  insertAudit,
  insertLink,
  lockOrganization,
  renewalLinkRow,
  withTenant,
  type LinkRow,
  type RenewedThing,
} from '../db/index.ts';
import type { ContactNews } from './contact-news.ts';
import type { MailDeps } from './mail-delivery.ts';

export type RenewalDoorDeps = Pick<MailDeps, 'db' | 'now' | 'portalUrl'> & { secrets: Secrets };

const system = { type: 'system', id: 'ageing' } as const;
/** A mail is read days later, and its link has to open then. */
const shortestLifeMs = 7 * 86_400_000;

/**
 * The door of a notice that something ends. The link that somebody was set up with has long ended by then, so each
 * contact gets one for the renewal: the newest that still lives, or a new one. Whose link was revoked gets none again.
 */
export function renewalDoor(
  { db, secrets, now, portalUrl }: RenewalDoorDeps,
  { environmentId, organizationId }: { environmentId: string; organizationId: string },
  renewed: RenewedThing,
): NonNullable<ContactNews['door']> {
  const whose = { environmentId, organizationId };
  return (environment, contact) =>
    withTenant(db, whose, async (tx) => {
      // Two rounds at once make one link.
      await lockOrganization(tx, whose, organizationId);
      const at = now();
      const { token, minted } = mintSetupLink(secrets, organizationId);
      const fresh = renewalLinkRow({
        minted,
        environment,
        organizationId,
        renewed,
        contactId: contact.id,
        delivery: 'mail',
        actor: system,
        now: at,
      });
      const newest = await findNewestRenewalLink(tx, whose, fresh);
      if (newest?.state === 'revoked') return undefined;
      const urlOf = (opening: string) => setupUrl(portalUrl, environment.handle, opening);
      if (newest !== undefined && livesOn(newest, at)) {
        return {
          linkId: newest.id,
          url: urlOf(secrets.open(newest.tokenSealed, linkSealedAt(organizationId, newest.id))),
        };
      }
      await insertLink(tx, fresh);
      await insertAudit(tx, {
        id: newId('audit_'),
        ...whose,
        actor: system,
        at,
        action: 'link.created_for_renewal',
        target: { type: 'link', id: fresh.id },
        after: { delivery: 'mail', contact_id: contact.id },
      });
      return { linkId: fresh.id, url: urlOf(token) };
    });
}

const livesOn = (link: LinkRow, now: Date): link is LinkRow & { tokenSealed: string } =>
  link.endedAt === null &&
  link.tokenSealed !== null &&
  link.expiresAt.getTime() > now.getTime() + shortestLifeMs;
