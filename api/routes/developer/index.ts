import type { Route } from '../../route.ts';
import { authorizeLogout } from '../../protocols/sso/logout.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { auditActionRoutes } from './audit-actions.ts';
import { auditEventRoutes } from './audit-events.ts';
import { auditExportRoutes } from './audit-exports.ts';
import { auditRetentionRoutes } from './audit-retention.ts';
import { connectionCertificateRoutes } from './connection-certificates.ts';
import { connectionRoutes } from './connections.ts';
import { customAttributeRoutes } from './custom-attributes.ts';
import { directoryRoutes } from './directories.ts';
import { directoryPeopleRoutes } from './directory-people.ts';
import { environmentRoutes } from './environment.ts';
import { erasureRoutes } from './erasures.ts';
import { eventRoutes } from './events.ts';
import { itContactRoutes } from './it-contacts.ts';
import { mailNoticeRoutes } from './mail-notices.ts';
import { onboardingRoutes } from './onboardings.ts';
import { organizationDomainRoutes } from './organization-domains.ts';
import { organizationRoutes } from './organizations.ts';
import { portalLinkRoutes } from './portal-links.ts';
import { redirectUriRoutes } from './redirect-uris.ts';
import { roleRoutes } from './roles.ts';
import { webhookEndpointRoutes } from './webhook-endpoints.ts';

/** The developer API, one file per kind of object. */
export const developerRoutes: readonly Route[] = [
  ...organizationRoutes,
  ...organizationDomainRoutes,
  ...itContactRoutes,
  ...portalLinkRoutes,
  ...onboardingRoutes,
  ...connectionRoutes,
  ...connectionCertificateRoutes,
  authorizeLogout,
  ...directoryRoutes,
  ...directoryPeopleRoutes,
  ...auditEventRoutes,
  ...auditActionRoutes,
  ...auditExportRoutes,
  ...auditRetentionRoutes,
  ...eventRoutes,
  ...webhookEndpointRoutes,
  ...redirectUriRoutes,
  ...mailNoticeRoutes,
  ...customAttributeRoutes,
  ...roleRoutes,
  ...apiKeyRoutes,
  ...environmentRoutes,
  ...erasureRoutes,
];
