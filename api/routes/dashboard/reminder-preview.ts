import {
  domainUnseen,
  lastNotice,
  reminderHalfDone,
  reminderNotOpened,
} from '../../../adapters/mail/contact-mails.ts';
import type { RenderedMail } from '../../../adapters/mail/layout.ts';
import { mailBrand } from '../../../adapters/mail/mail-brand.ts';
import type { EnvironmentRow } from '../../../db/index.ts';
import type { previewKinds } from '../../contract/dashboard-environment.ts';
import type { ApiUrls } from '../../deps.ts';

const dayMs = 86_400_000;

/** A reminder with this environment's words and days, to a customer of an example. */
export function previewOf(
  urls: ApiUrls,
  environment: EnvironmentRow,
  kind: (typeof previewKinds)[number],
  now: Date,
): RenderedMail {
  const { reminderDays, linkDays } = environment;
  const inDays = (days: number) => new Date(now.getTime() + days * dayMs);
  const brand = mailBrand(environment, urls.portal);
  const common = {
    organization: 'Acme',
    url: `${urls.portal}/setup/${environment.handle}`,
    timeZone: 'UTC',
  };
  switch (kind) {
    case 'not_opened': {
      const [first] = reminderDays.notOpened;
      return reminderNotOpened(brand, {
        ...common,
        sentAt: inDays(-first),
        endsAt: inDays(linkDays - first),
      });
    }
    case 'half_done': {
      const stoppedAt = inDays(-reminderDays.halfDone[0]);
      return reminderHalfDone(brand, {
        ...common,
        done: 3,
        total: 5,
        next: 'test_sign_in',
        stoppedAt,
        minutes: 2,
      });
    }
    case 'domain_unseen':
      return domainUnseen(brand, { ...common, domain: 'acme.example', servers: 2, reason: null });
    case 'link_ends':
      return lastNotice(brand, { ...common, openSteps: 2, endsAt: inDays(reminderDays.linkEnds) });
  }
}
