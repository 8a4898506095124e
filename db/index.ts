/** The door to db/: what other folders may use. */
export { recordAttemptEvent } from './attempt-events.ts';
export {
  awaitWithCommit,
  createDatabase,
  notifyChange,
  withSystem,
  inOneMessage,
  withTenant,
  type Db,
  type Tx,
} from './database.ts';
export type { GatheredWrites } from './gathered-writes.ts';
export { checkKeys } from './key-checks.ts';
export { databaseState } from './pool.ts';
export { createListener } from './notifications.ts';
export type { Page, PageRequest } from './pagination.ts';
export type { Tenant } from './tenant.ts';
export {
  endActCode,
  findActCode,
  insertActCode,
  takeActCode,
  triesAllowed,
} from './repositories/act-codes.ts';
export {
  findAgeing,
  findEndedServingToken,
  findTokensEnd,
  listAgeing,
  takeAgeingNotice,
  type AgeingThing,
} from './repositories/ageing-notices.ts';
export {
  countExpiring,
  countExpiringPerDay,
  listExpiring,
  type ExpiringRow,
} from './repositories/expiring.ts';
export {
  insertApiKey,
  isTouchDue,
  listApiKeys,
  lockApiKey,
  removeEndedApiKey,
  replaceApiKey,
  revokeApiKey,
  touchApiKey,
} from './repositories/api-keys.ts';
export {
  consumeRequest,
  countAttemptsPerDay,
  countUnanswered,
  finishAttempt,
  findNewestRefusal,
  getAttempt,
  insertAttempt,
  listAttempts,
  rememberMessages,
  storePendingOutcome,
  summarizeFailures,
  takeTestAddress,
  type AttemptOutcome,
  type NewAttempt,
  type SeenMessage,
} from './repositories/attempts.ts';
export {
  findEndedToken,
  loadDirectory,
  proveDirectoryCaller,
  type ProvedCaller,
} from './repositories/directory-callers.ts';
export {
  countSourceMembers,
  hasGroupNamed,
  listSourceGroups,
  listSourcePeople,
  readSourceGroup,
  readSourcePerson,
  type SourcePage,
  type SourceResource,
} from './repositories/directory-reads.ts';
export {
  countDirectoryRequests,
  insertDirectoryRequests,
  listDirectoryRequests,
} from './repositories/directory-requests.ts';
export {
  cutAuditChain,
  erasePersonal,
  insertCheckpoint,
  keepAuditFor,
  rowsASealing,
  dropEmptyAuditMonths,
  makeAuditMonths,
  listChainsToCut,
  listEnvironmentsToSeal,
  sealAudit,
  type CheckpointSigner,
} from './repositories/audit-chain.ts';
export type { AuditCheckpointRow } from './tables/audit-checkpoints.ts';
export {
  verifyAudit,
  verifyAuditOn,
  type AuditPosition,
  type AuditVerdict,
} from './repositories/audit-verification.ts';
export {
  countSealedRows,
  auditHeadOf,
  findLastAct,
  getAuditEvent,
  listAuditEvents,
  listNames,
  type AuditFilter,
} from './repositories/audit-log.ts';
export { insertAudit, type NewAudit } from './repositories/audit.ts';
export {
  addAuditSchema,
  findAuditSchema,
  listAuditActions,
  listAuditSchemas,
} from './repositories/audit-actions.ts';
export {
  gatherVendorEvents,
  insertVendorEvents,
  listUnknownOrganizations,
  type NewVendorEvent,
} from './repositories/vendor-events.ts';
export {
  appendToExport,
  countPendingExports,
  expireExports,
  failExport,
  finishExport,
  getAuditExport,
  insertAuditExport,
  listExportRecords,
  lockPendingExport,
  readExportChunk,
} from './repositories/audit-exports.ts';
export {
  firstAuditNumberSince,
  lastAuditNumber,
  listAuditRecordsAfter,
} from './repositories/audit-records.ts';
export {
  claimDueCommands,
  countUndelivered,
  findCommand,
  hasOlderUndelivered,
  insertCommand,
  markCommandApplied,
  markCommandDead,
  markCommandRefused,
  retryCommandLater,
  retryDeadCommands,
  type NewCommand,
} from './repositories/commands.ts';
export {
  completeSpentSignIn,
  spendAndCompleteSignIn,
  type SignInCompletion,
  type SpentMessages,
} from './repositories/sign-in-completion.ts';
export {
  findEndingAttempt,
  findPostedAnswer,
  takeCalledBackAttempt,
  type SignInRules,
  type TrustedCertificate,
} from './repositories/sign-in-reads.ts';
export { exchangeCode, findTokenHolder, type CodeExchange } from './repositories/sign-in-exchange.ts';
export {
  countCrowds,
  countGroupsLeftOut,
  countRoleSources,
  findNewestDirectory,
  keyOf,
  listCrowdMembers,
  listGroupRoles,
  listRoleSources,
  nameSources,
  replaceGroupRoles,
  type OtherWorld,
  type MappedSource,
  type NamedPlace,
  type RoleSource,
  type ShownSource,
} from './repositories/group-roles.ts';
export { saveRoleMapping } from './role-mapping.ts';
export { rolesOfDirectoryUsers } from './repositories/person-roles.ts';
export {
  chooseDefaultRole,
  deleteRole,
  describeRole,
  insertRole,
  listRoles,
  listUsedRoles,
  rankRoles,
  setRoleMode,
  type UsedRole,
} from './repositories/roles.ts';
export type { RoleRow } from './tables/roles.ts';
export {
  insertCertificates,
  insertSpKey,
  listCertificateHistory,
  listConnectionsTrusting,
  listCertificates,
  listSpKeys,
  markAbsentCertificates,
  retireCertificates,
  moveSpKey,
  retireSpKey,
  touchCertificate,
  type NewCertificate,
  type NewSpKey,
} from './repositories/connection-keys.ts';
export {
  addConnectionNotice,
  forgetConnectionNotices,
  listNoticedConnections,
} from './repositories/connection-notices.ts';
export {
  addDirectoryNotice,
  forgetDirectoryNotices,
  listNoticedDirectories,
} from './repositories/directory-notices.ts';
export { endRemap, listDueRemaps, markRemapsDue } from './repositories/remap-due.ts';
export { listRolesDue, markRoleGoing, markRolesDue, tellRoleChanges } from './repositories/roles-due.ts';
export { findReachableTime, noteReachable } from './repositories/reachable-times.ts';
export {
  insertFormer,
  listFormers,
  lockFormer,
  markFormerRestored,
  wasReplacedSince,
} from './repositories/former-configurations.ts';
export {
  endRevision,
  findOpenRevision,
  getRevision,
  insertRevision,
  lockOpenRevision,
  markRevisionTested,
  updateRevision,
} from './repositories/connection-revisions.ts';
export {
  deleteConnection,
  findConnection,
  findConnectionByExternalId,
  findSharingConnection,
  findSurroundings,
  getConnection,
  insertConnection,
  insertLiveConnection,
  listConnections,
  listConnectionsOf,
  listRestorableConnections,
  lockConnection,
  lockRestorable,
  markConnectionTested,
  forgetConnectionTest,
  moveConnection,
  updateConnection,
  updateConnectionSettings,
  type ConnectionChanges,
  type ConnectionSettings,
} from './repositories/connections.ts';
export {
  deleteOrganization,
  listDeletedOrganizations,
  restoreOrganization,
} from './repositories/deletion.ts';
export {
  countErased,
  findErasure,
  finishErasure,
  insertErasure,
  listErasures,
  listWaitingErasures,
} from './repositories/erasures.ts';
export type { ErasureRow } from './tables/erasures.ts';
export {
  emptyEvents,
  erasedTables,
  eraseOrganization,
  eraseRows,
  listMailsOf,
  listOrganizationsToErase,
  listWorkedFor,
} from './organization-erasure.ts';
export { exportedTables, readExportPage } from './organization-export.ts';
export {
  erasePersonFromAttempts,
  erasePersonFromAudit,
  erasePersonFromEvents,
  erasePersonFromRecords,
  findPerson,
  forgetPerson,
  type Batch,
  type Person,
} from './person-erasure.ts';
export {
  getEnvironment,
  insertEnvironment,
  insertTokenKey,
  listEnvironments,
  listSandboxIds,
  listTokenKeys,
  lockEnvironment,
  setCustomAttributes,
  setGoogleClient,
  updateEnvironment,
} from './repositories/environments.ts';
export {
  getEvent,
  hasUnnumbered,
  insertEvent,
  listEnvironmentsToNumber,
  listEvents,
  listEventsAfter,
  numberEvents,
} from './repositories/events.ts';
export { measureBacklogs } from './repositories/backlogs.ts';
export {
  listGuideReports,
  markGuideReportSeen,
  saveGuideReport,
  type ShownGuideReport,
} from './repositories/guide-reports.ts';
export {
  beginIdempotentRequest,
  findStoredAnswer,
  IdempotencyKeyTaken,
  storeIdempotentAnswer,
  type AnsweredRequest,
  type IdempotentRequest,
  type StoredAnswer,
} from './repositories/idempotency-keys.ts';
export {
  findItContact,
  findItContactByEmail,
  insertItContact,
  listItContacts,
  removeItContact,
  updateItContact,
} from './repositories/it-contacts.ts';
export {
  closeLinks,
  findActiveMainLink,
  findLastFreshLink,
  findLink,
  findNewestMainLink,
  getLink,
  insertFreshLinkRequest,
  insertLink,
  openLink,
  recordLinkDelivery,
  recordLinkFetched,
  replaceMainLink,
  extendLink,
  revokeLink,
  revokeLinksOfContact,
  revokeLinksOfVendorUser,
  takePortalLink,
  type NewLink,
  bindRenewalLink,
  findNewestRenewalLink,
  listRenewalsSentAgain,
  listUnsentRenewalLinks,
} from './repositories/links.ts';
export {
  lookUpApiKey,
  lookUpAttemptByTestDigest,
  lookUpConnection,
  lookUpConnectionsByAcsPath,
  lookUpDirectory,
  lookUpDirectoryBySftpUser,
  lookUpEnvironment,
  lookUpEnvironmentByClientId,
  lookUpEnvironmentByHandle,
  lookUpEnvironmentsByMembersDomain,
  lookUpLink,
  lookUpMail,
  lookUpMemberships,
  lookUpPortalSession,
  lookUpSignInByLogoutDigest,
  lookUpStaffSession,
  lookUpStaffSignInLink,
} from './repositories/look-ups.ts';
export { spendMailBudgets, type MailBudget } from './repositories/mail-budgets.ts';
export { decideDomain, isContested, isForApproval, refuseDomain } from './domain-decision.ts';
export { recordMailOutcome, tellStaffOfBounce, type MailOutcome } from './mail-outcome.ts';
export {
  allowAddress,
  claimMail,
  isSuppressed,
  listBounced,
  listMails,
  lockMail,
  suppressAddress,
  updateMail,
  withdrawMail,
  type NewMail,
} from './repositories/mails.ts';
export {
  findMember,
  findMemberByEmail,
  insertMember,
  listMembers,
  lockMember,
  touchMember,
  updateMember,
} from './repositories/members.ts';
export {
  boardViews,
  countBoard,
  countStages,
  listBoard,
  type BoardRow,
  type BoardView,
} from './repositories/onboarding-board.ts';
export {
  findNewestOnboarding,
  findOpenOnboarding,
  getOnboarding,
  getShownOnboarding,
  insertOnboarding,
  listOnboardings,
  lockOnboarding,
  lockShownOnboarding,
  noteSteps,
} from './repositories/onboardings.ts';
export {
  deleteDomain,
  findDomain,
  findVerifiedAbove,
  isBelowAnother,
  findVerifiedHolder,
  getDomain,
  insertDomain,
  listAllDomains,
  listDomains,
  listDomainsOf,
  lockDomain,
  recordLook,
  restartDomain,
  takeLook,
  updateDomainHost,
  forgetContestNews,
  listContestNews,
} from './repositories/organization-domains.ts';
export {
  findOrganization,
  findOrganizationByExternalId,
  getOrganization,
  insertOrganization,
  listOrganizationNames,
  listOrganizations,
  lockOrganization,
  updateOrganization,
} from './repositories/organizations.ts';
export {
  endPortalSession,
  extendPortalSession,
  findStaffBeside,
  insertPortalSession,
  isSessionForTheSame,
  listPortalSessions,
  setLinkFeatures,
  touchPortalSession,
  type NewPortalSession,
} from './repositories/portal-sessions.ts';
export {
  countExpected,
  listAwaitedWorkflows,
  listExpected,
  resumeOnboarding,
  type Expected,
} from './repositories/lost-workflows.ts';
export {
  applyProjection,
  closePortalStep,
  listOpenPortalSteps,
  listTimeline,
  openPortalStep,
  type Projection,
} from './repositories/progress.ts';
export {
  deleteRedirectUri,
  insertRedirectUri,
  listAllRedirectUris,
  listRedirectUris,
  makeRedirectUriDefault,
} from './repositories/redirect-uris.ts';
export {
  deleteSandboxRecord,
  findSandboxState,
  insertSandboxRecord,
  listSandboxRecords,
  listSandboxRecordsNamed,
  lockSandboxState,
  putSandboxState,
} from './repositories/sandbox.ts';
export {
  appendChunk,
  chunkBytes,
  countKeptBytes,
  dropFile,
  endLostUploads,
  expireFiles,
  findFirstFileHold,
  finishFile,
  forgetArriving,
  forgetFiles,
  getFile,
  findFileDirectory,
  holdFileDirectory,
  insertFile,
  listAppliedFiles,
  listNewestFiles,
  readFilesAgain,
  listFolder,
  listLastFiles,
  listPeopleSpokenOf,
  listReceivedFiles,
  listRefusedLines,
  openFirstFileHold,
  readChunk,
  removeFile,
  removeOldFiles,
  renameFile,
  settleFile,
  overtakeFiles,
} from './repositories/directory-files.ts';
export {
  findSftpHostKey,
  insertSftpHostKey,
  insertSftpKey,
  listSftpKeys,
  removeSftpKey,
  touchSftpKey,
} from './repositories/sftp-keys.ts';
export {
  countSealedByKey,
  keepVoucher,
  listVouchers,
  lockSealedUnderOtherKeys,
  updateSealed,
} from './repositories/sealed-values.ts';
export {
  countPeople,
  findProfile,
  endSignIns,
  endSignInsOfProfile,
  prepareLogout,
} from './repositories/sign-ins.ts';
export { findById, findByWords } from './repositories/search.ts';
export {
  findFirstRunFacts,
  findNewestLiveLink,
  listCertificatesOf,
  listLinkAddresses,
  listNewestEvents,
  listOrganizationFacts,
  listShownContacts,
  listShownLinks,
  type FirstRunFacts,
  type OrganizationFacts,
  type ShownContact,
  type ShownLink,
} from './repositories/staff-lists.ts';
export {
  endSessionsOf,
  endStaffSession,
  insertStaffSession,
  insertStaffSignIn,
  isSessionOf,
  listStaffSessions,
  takeStaffCode,
  takeStaffSignInLink,
  touchStaffSession,
} from './repositories/staff-sessions.ts';
export { setMembersSso, takeMembersCode } from './repositories/members-sso.ts';
export { listStaffNews, removeStaffNews } from './repositories/staff-news.ts';
export {
  gatherOrganizations,
  gatherPortalLinks,
  insertOrganizationRecorded,
  insertPortalLinkRecorded,
  type RecordedLink,
  type RecordedOrganization,
} from './repositories/recorded-writes.ts';
export {
  endRestorable,
  forgetRemovedStreams,
  endSessions,
  expireLinks,
  forgetOldBounces,
  removeExpired,
  removeFormers,
  removeOldAttempts,
  removeOldCommands,
  removeOldContacts,
  removeOldDeliveries,
  removeOldDirectoryRequests,
  removeOldEvents,
  removeOldFreshLinkRequests,
  removeOldMails,
  removeOldRevisions,
  removeOldSessions,
  timeOutAttempts,
} from './sweeps.ts';
export { findBrandImage, removeBrandImage, setBrandColours, setBrandImage } from './repositories/branding.ts';
export type { BrandImage } from './repositories/branding.ts';
export { provisionEnvironment } from './provision-environment.ts';
export { dropDirectory } from './directory-deletion.ts';
export {
  findShownRequest,
  listLastRuns,
  listShownRequests,
  type ShownRequest,
} from './repositories/staff-directories.ts';
export { tellDirectoryLinked } from './directory-news.ts';
export { hasRoles, listDirectoriesOf, listHeldDirectories } from './repositories/directory-watch.ts';
export {
  findOpenHoldWithPeople,
  findLastTokenEnd,
  listDirectoriesToJudge,
  listHoldsToTell,
  markHoldTold,
  markSilent,
  type DirectoryToJudge,
  type ToldHold,
} from './repositories/directory-health.ts';
export { mainLinkRow } from './main-link.ts';
export { featuresOfRenewal, renewalLinkRow, type RenewedThing } from './renewal-link.ts';
export { commandsBy, insertStarted, startAct, type Doer } from './onboarding-start.ts';
export { ensureRepairRun, type RepairOrder } from './repair-run.ts';
export { listDomainsToJudge, listFailingMetadata, listSignInsToJudge } from './repositories/health-reads.ts';
export {
  endTrouble,
  findTrouble,
  insertTrouble,
  listEveryOpenTrouble,
  listOpenTroubles,
  listTroublesLeft,
  listTroublesOfOnboarding,
  runAgain,
} from './repositories/troubles.ts';
export { endContests, settleContest } from './domain-contest.ts';
export { recordKeyRenewed } from './key-renewal.ts';
export { recordSecretRenewed } from './secret-renewal.ts';
export { failDomain, lapseDomain } from './domain-loss.ts';
export { proveDomain } from './domain-proof.ts';
export { placeConfiguration } from './configuration-switch.ts';
export { dropConnection, pickUpConnection } from './connection-deletion.ts';
export { recordSwitchedOn, switchConnectionOff, switchConnectionOn } from './connection-switch.ts';
export {
  countDirectoryPeople,
  findDirectory,
  getDirectory,
  insertDirectory,
  listDirectories,
  lockDirectory,
  lockListedDirectory,
  moveDirectory,
  noteDirectoryRequest,
  updateDirectory,
  type DirectoryPeople,
} from './directories/directories.ts';
export {
  findDirectoryToken,
  issueDirectoryToken,
  listDirectoryTokens,
  revokeDirectoryToken,
  type IssuedToken,
} from './directories/tokens.ts';
export {
  findDirectoryUser,
  findSourcePerson,
  findSourcePersonWithGroups,
  findSourcePersonByName,
  getDirectoryUser,
  listDirectoryUsers,
  countHeldPeople,
  listHeldPeople,
} from './directories/people.ts';
export {
  findSourceGroup,
  getDirectoryGroup,
  listDirectoryGroups,
  listGroupsOfPeople,
} from './directories/groups.ts';
export {
  endDirectoryRun,
  holdsDirectoryRun,
  listDirectoryRuns,
  removeOldDirectoryRuns,
  startDirectoryRun,
} from './repositories/directory-runs.ts';
export type { DirectoryRunRow } from './tables/directory-runs.ts';
export {
  countLeftBefore,
  findDiscardedHold,
  findOpenHold,
  getHold,
  listHolds,
  withdrawEmptyHolds,
} from './directories/holds.ts';
export { sourceScope, type DirectoryScope } from './directories/scope.ts';
export {
  applySnapshot,
  changeMembers,
  insertGroup,
  insertPerson,
  previewSnapshot,
  removeGroup,
  removePerson,
  replaceMembers,
  updateGroup,
  updatePerson,
  type DirectorySnapshot,
  type SnapshotCounts,
  type SourceGroup,
  type SourcePerson,
} from './directory-writes.ts';
export {
  bringDirectoryBack,
  confirmDirectorySwitch,
  discardDirectorySwitch,
  findSwitchedFrom,
  getFormerDirectory,
  listFormerDirectories,
  prepareDirectorySwitch,
  type DirectorySource,
  type MoveCredentials,
} from './directories/switches.ts';
export { groupPairs, listGivenWhoStay, viewSwitch } from './directories/generation-match.ts';
export { remapDirectory } from './directories/remap.ts';
export { eraseLeftPeople } from './directories/erase-people.ts';
export {
  listPeopleOnHold,
  searchDirectoryGroups,
  searchDirectoryPeople,
} from './repositories/directory-pages.ts';
export { listPersonEvents } from './repositories/person-events.ts';
export { decideHold, letDiscardedLeave } from './directories/decide-hold.ts';
export { findSignInRefusal } from './directories/sign-in-refusal.ts';
export type { ActCodeRow } from './tables/act-codes.ts';
export type { ApiKeyRow } from './tables/api-keys.ts';
export type { AttemptRow } from './tables/attempts.ts';
export type { AuditExportRow } from './tables/audit-exports.ts';
export type { AuditEventRow } from './tables/audit-events.ts';
export type { CommandRow } from './tables/commands.ts';
export type { ConnectionRevisionRow } from './tables/connection-revisions.ts';
export type { ConnectionRow } from './tables/connections.ts';
export type { DirectoryFileLineRow } from './tables/directory-file-lines.ts';
export type { DirectoryFileRow } from './tables/directory-files.ts';
export type { SftpKeyRow } from './tables/sftp-keys.ts';
export type { DirectoryRequestRow } from './tables/directory-requests.ts';
export type { DirectoryRow } from './tables/directories.ts';
export type { DirectoryGroupRow } from './tables/directory-groups.ts';
export type { DirectoryHoldRow } from './tables/directory-holds.ts';
export type { DirectoryTokenRow } from './tables/directory-tokens.ts';
export type { DirectoryUserRow } from './tables/directory-users.ts';
export type { EnvironmentRow } from './tables/environments.ts';
export type { EventRow } from './tables/events.ts';
export type { FormerConfigurationRow } from './tables/former-configurations.ts';
export type { FreshLinkRequestRow } from './tables/fresh-link-requests.ts';
export type { IdpCertificateRow } from './tables/idp-certificates.ts';
export type { ItContactRow } from './tables/it-contacts.ts';
export type { LinkRow } from './tables/links.ts';
export type { MailRow } from './tables/mails.ts';
export type { MemberRow } from './tables/members.ts';
export type { OnboardingRow } from './tables/onboardings.ts';
export type { OrganizationDomainRow } from './tables/organization-domains.ts';
export type { OrganizationRow } from './tables/organizations.ts';
export type { PortalSessionRow } from './tables/portal-sessions.ts';
export type { ProfileRow } from './tables/profiles.ts';
export type { TokenKeyRow } from './tables/token-keys.ts';
export type { RedirectUriRow } from './tables/redirect-uris.ts';
export type { SandboxRecordRow } from './tables/sandbox-records.ts';
export type { SignInRow } from './tables/sign-ins.ts';
export type { SpKeyRow } from './tables/sp-keys.ts';
export type { StaffNewsRow } from './tables/staff-news.ts';
export type { StaffSessionRow } from './tables/staff-sessions.ts';
export type { StaffSignInRow } from './tables/staff-sign-ins.ts';
export type { TroubleRow } from './tables/troubles.ts';
export type { TimelineEntryRow } from './tables/timeline-entries.ts';
export {
  countDeliveries,
  dropWaiting,
  findNextTry,
  findWebhookEndpoint,
  getWebhookDelivery,
  insertTestDelivery,
  insertWebhookEndpoint,
  listAllWebhookEndpoints,
  listDeliveriesOfEvents,
  listDueDeliveries,
  listEndpointsToTell,
  listWebhookDeliveries,
  listWebhookEndpoints,
  lockWebhookEndpoint,
  lockWebhookEndpointIfThere,
  makeDeliveries,
  markEndpointTold,
  recordTry,
  restWebhookEndpoint,
  takeEndpointsToWake,
  tryWaitingNow,
  updateWebhookEndpoint,
  type DeliveryCounts,
  type EndpointToTell,
  type EventDelivery,
} from './repositories/webhooks.ts';
export { replayDeliveries, type Replay, type Replayed } from './repositories/webhook-replays.ts';
export {
  acknowledgeRecords,
  countLogStreams,
  findLogStream,
  findOldestRecordAt,
  getLogStream,
  insertLogStream,
  keepStreamProgress,
  listFailingStreams,
  listLogStreamsOf,
  listRemovedStreams,
  listStreamsToTell,
  lockLogStream,
  lockRemovedStream,
  markStreamAwake,
  markStreamTold,
  markStreamWell,
  pageLogStreams,
  readAuditDays,
  readStreamLags,
  recordStreamFailure,
  rejectRecords,
  takeStreamsToWake,
  updateLogStream,
  type StreamLag,
} from './repositories/log-streams.ts';
export {
  endOutage,
  listOutages,
  noteCaughtUp,
  noteOutage,
  removeOldOutages,
} from './repositories/log-stream-outages.ts';
export {
  askToResend,
  hasReject,
  keepAsRefused,
  keptNumbers,
  noteResent,
  pageStreamRejects,
  removeOldRejects,
  takeAskedRejects,
  type AskedReject,
} from './repositories/log-stream-rejects.ts';
export type { LogStreamRejectRow } from './tables/log-stream-rejects.ts';
export type { LogStreamRow } from './tables/log-streams.ts';
export type { WebhookDeliveryRow } from './tables/webhook-deliveries.ts';
export type { WebhookEndpointRow } from './tables/webhook-endpoints.ts';
