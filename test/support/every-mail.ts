import type { MailBrand, RenderedMail } from '../../adapters/mail/layout.ts';
import * as contactMails from '../../adapters/mail/contact-mails.ts';
import * as staffMails from '../../adapters/mail/staff-mails.ts';
import type { ConnectionNoticeKind } from '../../onboarding/connection-notices.ts';
import type { DirectoryNoticeKind } from '../../onboarding/directory-notices.ts';

/** Where the mails' buttons lead. */
export const mailUrl = 'https://setup.vendor.test/setup/acme/vb_setup_x?a=1&b=2';
export const mailedAt = new Date('2026-03-03T08:12:00Z');

/** Every mail there is, by name and for an organization, with foreign text wherever it takes some. */
export function everyMail(
  brand: MailBrand,
  foreign: string,
): Record<string, (organization: string) => RenderedMail> {
  const [url, at] = [mailUrl, mailedAt];
  const base = (organization: string) => ({ organization, url, timeZone: 'Europe/Berlin' });

  const ageing = { provider: 'Okta', days: 14, endsOn: '2026-03-03' };

  const connectionMail = (org: string, kind: ConnectionNoticeKind, isVendors = false) =>
    contactMails.connectionNotice(brand, {
      ...base(org),
      provider: 'Okta',
      kind,
      at,
      by: 'a•••@corp.test',
      domains: ['corp.test'],
      isVendors,
    });

  const directoryMail = (org: string, kind: DirectoryNoticeKind, isVendors = false) =>
    contactMails.directoryNotice(brand, {
      ...base(org),
      kind,
      source: 'Okta',
      to: 'Microsoft Entra ID',
      at,
      by: 'a•••@corp.test',
      isVendors,
    });

  return {
    invitation: (org) =>
      contactMails.invitation(brand, {
        ...base(org),
        features: ['sso', 'domain_verification'],
        mode: 'self_service',
        endsAt: at,
      }),
    invitationGuided: (org) =>
      contactMails.invitation(brand, { ...base(org), features: ['sso'], mode: 'guided', endsAt: at }),
    invitationStaffLed: (org) =>
      contactMails.invitation(brand, { ...base(org), features: ['sso'], mode: 'staff_led', endsAt: at }),
    invitationWithNote: (org) =>
      contactMails.invitation(brand, {
        ...base(org),
        features: ['sso'],
        mode: 'self_service',
        endsAt: at,
        note: `Call me when you start.\n${foreign}`,
      }),
    freshLink: (org) => contactMails.freshLink(brand, { ...base(org), endsAt: at }),
    reminderNotOpened: (org) =>
      contactMails.reminderNotOpened(brand, { ...base(org), sentAt: at, endsAt: at }),
    reminderHalfDone: (org) =>
      contactMails.reminderHalfDone(brand, {
        ...base(org),
        done: 2,
        total: 4,
        next: 'test_sign_in',
        stoppedAt: new Date('2026-03-01T23:30:00Z'),
        minutes: 2,
      }),
    lastNotice: (org) => contactMails.lastNotice(brand, { ...base(org), openSteps: 2, endsAt: at }),
    code: () => contactMails.code(brand, { code: '012345', minutes: 10 }),
    domainVerified: (org) =>
      contactMails.domainVerified(brand, {
        ...base(org),
        domain: 'corp.test',
        foundAt: at,
        next: 'test_sign_in',
      }),
    yourTurn: (org) => contactMails.yourTurn(brand, { ...base(org), next: 'test_sign_in', note: null }),
    domainUnseen: (org) =>
      contactMails.domainUnseen(brand, { ...base(org), domain: 'corp.test', servers: 2, reason: foreign }),
    domainContested: (org) =>
      contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'contested' }),
    domainLost: (org) =>
      contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'lost' }),
    domainClaimContested: (org) =>
      contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'claim_contested' }),
    domainClaimWaits: (org) =>
      contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'claim_waits' }),
    domainGiven: (org) =>
      contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'given' }),
    domainTaken: (org) =>
      contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'taken' }),
    domainWon: (org) => contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'won' }),
    domainPassedOn: (org) =>
      contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'passed_on' }),
    domainReviewed: (org) =>
      contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'reviewed' }),
    domainApproved: (org) =>
      contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'approved' }),
    domainRefused: (org) =>
      contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'refused' }),
    testFailedTwice: (org) =>
      contactMails.testFailedTwice(brand, {
        ...base(org),
        cause: `the audience differs ${foreign}`,
        field: foreign,
      }),
    signInsFail: (org) =>
      contactMails.repairNeeded(brand, {
        ...base(org),
        kind: 'sign_ins_failing',
        what: foreign,
        since: at,
        cause: `The audience differs ${foreign}`,
      }),
    metadataFails: (org) =>
      contactMails.repairNeeded(brand, {
        ...base(org),
        kind: 'metadata_failing',
        what: 'Okta',
        since: at,
        cause: null,
      }),
    recordMissing: (org) =>
      contactMails.repairNeeded(brand, {
        ...base(org),
        kind: 'record_missing',
        what: 'corp.test',
        since: at,
        cause: null,
      }),
    peopleUnseen: (org) =>
      contactMails.peopleUnseen(brand, { ...base(org), directory: foreign, connectedAt: at }),
    directoryLinked: (org) =>
      contactMails.directoryLinked(brand, {
        ...base(org),
        directory: foreign,
        linkedAt: at,
        next: 'assign_roles',
      }),
    directoryLinkedLast: (org) =>
      contactMails.directoryLinked(brand, { ...base(org), directory: 'Okta', linkedAt: at, next: null }),
    directorySilent: (org) =>
      contactMails.repairNeeded(brand, {
        ...base(org),
        kind: 'directory_silent',
        what: foreign,
        since: at,
        cause: 'changes_only',
      }),
    directoryRefused: (org) =>
      contactMails.repairNeeded(brand, {
        ...base(org),
        kind: 'directory_refused',
        what: 'Google Workspace',
        since: at,
        cause: null,
      }),
    directoryTokenEnded: (org) =>
      contactMails.repairNeeded(brand, {
        ...base(org),
        kind: 'directory_token_ended',
        what: foreign,
        since: at,
        cause: null,
      }),
    directoryListRefused: (org) =>
      contactMails.repairNeeded(brand, {
        ...base(org),
        kind: 'directory_list_refused',
        what: foreign,
        since: at,
        cause: null,
      }),
    streamFailing: (org) =>
      contactMails.repairNeeded(brand, {
        ...base(org),
        kind: 'stream_failing',
        what: foreign,
        since: at,
        cause: 'destination_busy',
      }),
    streamRefused: (org) =>
      contactMails.repairNeeded(brand, {
        ...base(org),
        kind: 'stream_refused',
        what: 'Splunk',
        since: at,
        cause: 'credential_refused',
      }),
    streamStopped: (org) =>
      contactMails.streamStopped(brand, { ...base(org), destination: foreign, since: at, cause: null }),
    streamBack: (org) => contactMails.streamBack(brand, { ...base(org), destination: foreign, late: 1_204 }),
    streamBackInTime: (org) =>
      contactMails.streamBack(brand, { ...base(org), destination: 'Splunk', late: 0 }),
    streamStoppedForStaff: (org) =>
      staffMails.streamStoppedForStaff(brand, {
        organization: org,
        destination: foreign,
        since: at,
        cause: 'unreachable',
        url,
      }),
    streamCredentialAgeing: (org) =>
      contactMails.thingAgeing(brand, { ...base(org), ...ageing, kind: 'stream_credential' }),
    changeHeld: (org) =>
      contactMails.holdWaits(brand, {
        ...base(org),
        directory: foreign,
        reason: 'many_leave',
        people: 412,
        of: 900,
      }),
    firstFileHeld: (org) =>
      contactMails.holdWaits(brand, {
        ...base(org),
        directory: 'Files',
        reason: 'first_file',
        people: 0,
        of: 0,
      }),
    changeApplied: (org) =>
      contactMails.holdDecided(brand, {
        ...base(org),
        directory: foreign,
        decision: 'applied',
        decidedAt: at,
      }),
    changeDiscarded: (org) =>
      contactMails.holdDecided(brand, {
        ...base(org),
        directory: 'Okta',
        decision: 'discarded',
        decidedAt: at,
      }),
    changeHeldForStaff: (organization) =>
      staffMails.holdNewsForStaff(brand, {
        organization,
        directory: foreign,
        news: 'waits',
        reason: 'many_leave',
        people: 412,
        of: 900,
        url,
      }),
    firstFileHeldForStaff: (organization) =>
      staffMails.holdNewsForStaff(brand, {
        organization,
        directory: foreign,
        news: 'waits',
        reason: 'first_file',
        people: 0,
        of: 0,
        url,
      }),
    changeAppliedForStaff: (organization) =>
      staffMails.holdNewsForStaff(brand, {
        organization,
        directory: 'Okta',
        news: 'applied',
        reason: 'many_leave',
        people: 1,
        of: 900,
        url,
      }),
    changeDiscardedForStaff: (organization) =>
      staffMails.holdNewsForStaff(brand, {
        organization,
        directory: 'Okta',
        news: 'discarded',
        reason: 'many_leave',
        people: 1,
        of: 900,
        url,
      }),
    live: (org) =>
      contactMails.live(brand, { ...base(org), domains: ['corp.test', 'corp.example'], provider: foreign }),
    liveWithoutSignIn: (org) =>
      contactMails.liveWithoutSignIn(brand, {
        ...base(org),
        features: ['log_streams', 'directory_sync'],
      }),
    certificateAgeing: (org) =>
      contactMails.certificateAgeing(brand, {
        ...base(org),
        provider: 'Okta',
        days: 14,
        endsAt: at,
        takenUntil: new Date('2026-04-02T08:12:00Z'),
        isTaken: true,
      }),
    secretAgeing: (org) =>
      contactMails.thingAgeing(brand, { ...base(org), ...ageing, kind: 'client_secret' }),
    signingKeyAgeing: (org) =>
      contactMails.thingAgeing(brand, { ...base(org), ...ageing, kind: 'signing_key' }),
    encryptionKeyAgeing: (org) =>
      contactMails.thingAgeing(brand, { ...base(org), ...ageing, kind: 'encryption_key' }),
    renewalLink: (org) =>
      contactMails.renewalLink(brand, {
        ...base(org),
        thing: 'certificate',
        provider: 'Okta',
        endsAt: at,
        isOver: false,
        linkEndsAt: at,
      }),
    certificateRenewed: (org) =>
      contactMails.certificateRenewed(brand, {
        ...base(org),
        provider: 'Okta',
        trustedSince: at,
        oldEndsAt: at,
      }),
    signedLess: (org) =>
      contactMails.signedLess(brand, {
        ...base(org),
        provider: 'Okta',
        expected: 'both',
        received: 'assertion',
        reference: '4K2M-71',
      }),
    connectionDeleted: (org) => connectionMail(org, 'deleted'),
    connectionDeletedByVendor: (org) => connectionMail(org, 'deleted', true),
    connectionSettingsSwitched: (org) => connectionMail(org, 'settings_switched'),
    directorySwitchPrepared: (org) => directoryMail(org, 'switch_prepared'),
    directoryReset: (org) => directoryMail(org, 'reset'),
    directoryResetByTheVendor: (org) => directoryMail(org, 'reset', true),
    directorySwitched: (org) => directoryMail(org, 'switched'),
    directoryBroughtBack: (org) => directoryMail(org, 'brought_back'),
    directoryDeleted: (org) => directoryMail(org, 'deleted'),
    directoryDeletedByTheVendor: (org) => directoryMail(org, 'deleted', true),
    connectionReset: (org) => connectionMail(org, 'reset'),
    connectionSettingsBroughtBack: (org) => connectionMail(org, 'settings_brought_back'),
    connectionResetForStaff: (org) =>
      staffMails.connectionNoticeForStaff(brand, {
        ...base(org),
        provider: 'Okta',
        kind: 'reset',
        at,
        by: 'a•••@corp.test',
      }),
    connectionSwitchedOff: (org) => connectionMail(org, 'switched_off'),
    connectionSwitchedOn: (org) => connectionMail(org, 'switched_on'),
    connectionBroughtBack: (org) => connectionMail(org, 'brought_back'),
    connectionFormAccepted: (org) => connectionMail(org, 'form_accepted'),
    connectionCertificateTrusted: (org) => connectionMail(org, 'certificate_trusted'),
    connectionDomainsChosen: (org) => connectionMail(org, 'domains_chosen'),
    signedLessForStaff: (org) =>
      staffMails.signedLessNotice(brand, {
        ...base(org),
        provider: 'Okta',
        expected: 'encrypted',
        received: 'plain',
        reference: '4K2M-71',
      }),
    webhookFailing: () =>
      staffMails.webhookFailing(brand, {
        host: 'hooks.vendor.test',
        since: at,
        url,
        timeZone: 'Europe/Berlin',
        isOff: false,
        isGone: false,
      }),
    webhookOff: () =>
      staffMails.webhookFailing(brand, {
        host: 'hooks.vendor.test',
        since: at,
        url,
        timeZone: 'Europe/Berlin',
        isOff: true,
        isGone: false,
      }),
    webhookGone: () =>
      staffMails.webhookFailing(brand, {
        host: 'hooks.vendor.test',
        since: at,
        url,
        timeZone: 'Europe/Berlin',
        isOff: true,
        isGone: true,
      }),
    staffStalled: (org) =>
      staffMails.staffNotice(brand, {
        ...base(org),
        news: { kind: 'stalled', step: 'verify_domain', since: at },
        waitingFor: 'customer',
        waitingSince: at,
      }),
    staffBounced: (org) =>
      staffMails.staffNotice(brand, {
        ...base(org),
        news: { kind: 'bounced', address: 'dana@corp.test', words: foreign },
        waitingFor: 'staff',
        waitingSince: at,
      }),
    staffLive: (org) =>
      staffMails.staffNotice(brand, {
        ...base(org),
        news: { kind: 'live', features: ['sso'] },
        waitingFor: null,
        waitingSince: null,
      }),
    staffTrouble: (org) =>
      staffMails.staffNotice(brand, {
        ...base(org),
        news: { kind: 'trouble', trouble: 'record_missing', what: foreign, since: at },
        waitingFor: 'customer',
        waitingSince: at,
      }),
    staffInvitation: (org) =>
      staffMails.staffInvitation(brand, { role: 'support', inviter: org, environment: org, url }),
    staffSignInCode: () => staffMails.staffSignInCode(brand, { code: '012345', minutes: 10 }),
    helpAsked: (org) =>
      staffMails.helpAsked(brand, {
        ...base(org),
        contact: 'dana@corp.test',
        step: 'test_sign_in',
        askedAt: at,
        note: `I see a blank page.\n${foreign}`,
      }),
  };
}
