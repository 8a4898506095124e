/** The dashboard's and the sandbox's answers as types, taken from the contract's schemas. No schema reaches the bundle. */
import type { output } from 'zod';
import type {
  attemptPage,
  connectionDetail,
  createdOrganization,
  domainDetail,
  domainPage,
  guideReportPage,
  rawEvents,
} from '../../api/contract/dashboard.ts';
import type { brandColoursView, brandingView } from '../../api/contract/dashboard-branding.ts';
import type { auditDetail, auditPage, verification } from '../../api/contract/dashboard-audit.ts';
import type { deletedOrganizations, erasureList, erasureView } from '../../api/contract/dashboard-leaving.ts';
import type {
  directoryRequestDetail,
  directoryRequestPage,
} from '../../api/contract/dashboard-directories.ts';
import type { eventDetail, eventFeed } from '../../api/contract/dashboard-events.ts';
import type { searchAnswer } from '../../api/contract/dashboard-search.ts';
import type { ExpiringList } from '../../api/contract/dashboard-expiring.ts';
import type { memberList, newMember } from '../../api/contract/dashboard-members.ts';
import type { startedSso, ways } from '../../api/contract/dashboard-members-sso.ts';
import type { apiKeyList, newApiKey, rotatedApiKey } from '../../api/contract/dashboard-keys.ts';
import type {
  deliveryDetail,
  deliveryPage,
  replayedView,
  webhookDetail,
  webhookList,
} from '../../api/contract/dashboard-webhooks.ts';
import type { OnboardingDetail, OnboardingList, OrganizationList } from '../../api/contract/dashboard.ts';
import type {
  sandboxMailDetail,
  sandboxMailList,
  sandboxRecord,
  sandboxRecordList,
  testIdpState,
  begunRehearsal,
} from '../../api/contract/sandbox.ts';

export type {
  StaffStream,
  StaffStreamList,
  StaffStreamPage,
} from '../../api/contract/dashboard-log-streams.ts';
export type { ExpiringList, RenewalLinkMade } from '../../api/contract/dashboard-expiring.ts';
export type {
  DirectoryDetail,
  DirectoryPeople,
  DirectoryPersonDetail,
  DirectoryRequestView,
} from '../../api/contract/dashboard-directories.ts';
export type ExpiringThing = ExpiringList['things'][number];
export type { OrganizationList } from '../../api/contract/dashboard.ts';
export type { TestSinkState } from '../../api/contract/sandbox-sink.ts';
export type {
  RehearsalState,
  SandboxDnsFaults,
  SandboxSwitches,
  TestDirectoryState,
} from '../../api/contract/sandbox.ts';
export type OrganizationRow = OrganizationList['organizations'][number];
export type OnboardingRow = OnboardingList['onboardings'][number];
export type OnboardingView = OnboardingDetail['view'];
export type Stage = OnboardingList['stages'][number];
export type LinkView = OnboardingDetail['links'][number];
export type MailView = OnboardingDetail['mails'][number];
export type CreatedOrganization = output<typeof createdOrganization>;
export type ConnectionDetail = output<typeof connectionDetail>;
export type AttemptPage = output<typeof attemptPage>;
export type DirectoryRequestPage = output<typeof directoryRequestPage>;
export type DirectoryRequestDetail = output<typeof directoryRequestDetail>;
export type DomainPage = output<typeof domainPage>;
export type DomainDetail = output<typeof domainDetail>;
export type DomainRow = DomainPage['domains'][number];
export type GuideReportPage = output<typeof guideReportPage>;
export type GuideReportRow = GuideReportPage['reports'][number];
export type ApiKeyList = output<typeof apiKeyList>;
export type ApiKey = ApiKeyList['keys'][number];
export type NewApiKey = output<typeof newApiKey>;
export type Branding = output<typeof brandingView>;
export type BrandColours = output<typeof brandColoursView>;
export type AuditPage = output<typeof auditPage>;
export type AuditRow = AuditPage['rows'][number];
export type AuditDetail = output<typeof auditDetail>;
export type Verification = output<typeof verification>;
export type SearchAnswer = output<typeof searchAnswer>;
export type Found = SearchAnswer['found'][number];
export type MemberList = output<typeof memberList>;
export type Member = MemberList['members'][number];
export type SignInWays = output<typeof ways>;
export type StartedSso = output<typeof startedSso>;
export type NewMember = output<typeof newMember>;
export type WebhookList = output<typeof webhookList>;
export type WebhookDetail = output<typeof webhookDetail>;
export type DeliveryDetail = output<typeof deliveryDetail>;
export type Replayed = output<typeof replayedView>;
export type EventFeed = output<typeof eventFeed>;
export type FeedEvent = EventFeed['events'][number];
export type EventDetail = output<typeof eventDetail>;
export type DeliveryPage = output<typeof deliveryPage>;
export type Delivery = DeliveryPage['deliveries'][number];
export type DeletedOrganizations = output<typeof deletedOrganizations>;
export type DeletedOrganization = DeletedOrganizations['organizations'][number];
export type ErasureList = output<typeof erasureList>;
export type Erasure = output<typeof erasureView>;
export type RotatedApiKey = output<typeof rotatedApiKey>;
export type RawEvents = output<typeof rawEvents>;
export type SandboxMailList = output<typeof sandboxMailList>;
export type SandboxMail = output<typeof sandboxMailDetail>;
export type SandboxRecord = output<typeof sandboxRecord>;
export type SandboxRecordList = output<typeof sandboxRecordList>;
export type TestIdpState = output<typeof testIdpState>;
export type BegunRehearsal = output<typeof begunRehearsal>;
