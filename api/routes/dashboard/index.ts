import { appPageRoutes } from './app-page.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { brandingRoutes } from './branding.ts';
import { attemptRoutes } from './attempts.ts';
import { auditLogRoutes } from './audit-log.ts';
import { codecRoutes } from './codec.ts';
import { connectionRoutes } from './connections.ts';
import { directoryRoutes } from './directories.ts';
import { domainRoutes } from './domains.ts';
import { eventRoutes } from './events.ts';
import { environmentRoutes } from './environment.ts';
import { environmentsRoutes } from './environments.ts';
import { expiringRoutes } from './expiring.ts';
import { firstRunRoutes } from './first-run.ts';
import { guideReportRoutes } from './guide-reports.ts';
import { invitationRoutes } from './invitations.ts';
import { leavingRoutes } from './leaving.ts';
import { liveRoutes } from './live.ts';
import { logStreamDashboardRoutes } from './log-streams.ts';
import { memberRoutes } from './members.ts';
import { onboardingPageRoutes } from './onboarding-page.ts';
import { onboardingRoutes } from './onboardings.ts';
import { organizationPageRoutes } from './organization-page.ts';
import { organizationRoutes } from './organizations.ts';
import { roleRoutes } from './roles.ts';
import { searchRoutes } from './search.ts';
import { signInDoorRoutes } from './sign-in-door.ts';
import { membersSsoRoutes } from './members-sso.ts';
import { signInRoutes } from './sign-in.ts';
import { signInSsoDoorRoutes, signInSsoRoutes } from './sign-in-sso.ts';
import { contactRoutes } from './contacts.ts';
import { tailoringRoutes } from './tailoring.ts';
import { webhookRoutes } from './webhooks.ts';
import { workflowRoutes } from './workflow.ts';

/** The dashboard's JSON, by page. */
export const dashboardRoutes = [
  ...signInRoutes,
  ...signInSsoRoutes,
  ...firstRunRoutes,
  ...organizationRoutes,
  ...organizationPageRoutes,
  ...invitationRoutes,
  ...onboardingRoutes,
  ...onboardingPageRoutes,
  ...contactRoutes,
  ...tailoringRoutes,
  ...workflowRoutes,
  ...eventRoutes,
  ...webhookRoutes,
  ...logStreamDashboardRoutes,
  ...connectionRoutes,
  ...expiringRoutes,
  ...attemptRoutes,
  ...directoryRoutes,
  ...domainRoutes,
  ...guideReportRoutes,
  ...apiKeyRoutes,
  ...environmentRoutes,
  ...environmentsRoutes,
  ...memberRoutes,
  ...roleRoutes,
  ...searchRoutes,
  ...leavingRoutes,
  ...auditLogRoutes,
  ...membersSsoRoutes,
  ...brandingRoutes,
  ...liveRoutes,
  ...codecRoutes,
];

/** What staff open in a browser before they are signed in. */
export const dashboardDoorRoutes = [...signInDoorRoutes, ...signInSsoDoorRoutes, ...appPageRoutes];
