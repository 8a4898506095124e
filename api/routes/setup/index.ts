import { acceptFormRoutes } from './accept-form.ts';
import { addConnectionRoutes } from './add-connection.ts';
import { attemptRoutes } from './attempts.ts';
import { attributeRoutes } from './attributes.ts';
import { auditLogRoutes } from './audit-log.ts';
import { codeRoutes } from './codes.ts';
import { deletionRoutes } from './deletion.ts';
import { directorySetupRoutes } from './directories.ts';
import { directoryAttributeRoutes } from './directory-attributes.ts';
import { directoryChangeRoutes } from './directory-changes.ts';
import { directoryPeopleRoutes } from './directory-people.ts';
import { directoryTokenRoutes } from './directory-tokens.ts';
import { directoryConsentRoutes } from './directory-consent.ts';
import { directoryCredentialRoutes } from './directory-credentials.ts';
import { directoryGroupRoutes } from './directory-groups-read.ts';
import { domainRoutes } from './domains.ts';
import { draftRoutes } from './draft.ts';
import { featureRoutes } from './features.ts';
import { fileSetupRoutes } from './files.ts';
import { formerRoutes } from './formers.ts';
import { guideReportRoutes } from './guide-reports.ts';
import { homeRoutes } from './home.ts';
import { liveRoutes } from './live.ts';
import { logStreamProofRoutes } from './log-stream-proof.ts';
import { logStreamRunningRoutes } from './log-stream-running.ts';
import { logStreamSettingRoutes } from './log-stream-settings.ts';
import { logStreamRoutes } from './log-streams.ts';
import { metadataRoutes } from './metadata.ts';
import { oidcSetupRoutes } from './oidc.ts';
import { optionRoutes } from './options.ts';
import { providerRoutes } from './providers.ts';
import { renewalRoutes } from './renewal.ts';
import { repairRoutes } from './repairs.ts';
import { roleRoutes } from './roles.ts';
import { sessionRoutes } from './session.ts';
import { signInDomainRoutes } from './sign-in-domains.ts';
import { ssoRoutes } from './sso.ts';
import { switchRoutes } from './switches.ts';

/** The JSON endpoints of the customer's pages, below `/setup/<handle>/api`. */
export const setupRoutes = [
  ...sessionRoutes,
  ...homeRoutes,
  ...auditLogRoutes,
  ...codeRoutes,
  ...featureRoutes,
  ...fileSetupRoutes,
  ...ssoRoutes,
  ...providerRoutes,
  ...guideReportRoutes,
  ...metadataRoutes,
  ...oidcSetupRoutes,
  ...attributeRoutes,
  ...optionRoutes,
  ...attemptRoutes,
  ...repairRoutes,
  ...renewalRoutes,
  ...switchRoutes,
  ...draftRoutes,
  ...formerRoutes,
  ...deletionRoutes,
  ...addConnectionRoutes,
  ...acceptFormRoutes,
  ...signInDomainRoutes,
  ...roleRoutes,
  ...directorySetupRoutes,
  ...directoryTokenRoutes,
  ...directoryPeopleRoutes,
  ...directoryAttributeRoutes,
  ...directoryChangeRoutes,
  ...domainRoutes,
  ...directoryCredentialRoutes,
  ...directoryConsentRoutes,
  ...directoryGroupRoutes,
  ...logStreamRoutes,
  ...logStreamSettingRoutes,
  ...logStreamProofRoutes,
  ...logStreamRunningRoutes,
  ...liveRoutes,
];
