import type { EnvironmentDetail } from '../../api/contract/dashboard-environment.ts';

/** The environment of the fake dashboard, as `GET /environment` tells it. */
export function fakeEnvironment(now: Date, isEmpty: boolean): EnvironmentDetail {
  return {
    id: 'env_1',
    handle: 'northwind',
    kind: 'sandbox',
    clientId: 'client_01JD4K2M71',
    settings: {
      name: 'Sandbox',
      defaultReturnUrl: isEmpty ? null : 'https://app.northwind.example/settings/security',
      defaultSuccessUrl: null,
      linkDays: 30,
      linkConfirmation: 'none',
      domainPolicy: 'optional',
      domainGraceDays: 30,
      domainLabel: 'northwind',
      directoryPolicy: 'removed',
      removalGuardPeople: 25,
      removalGuardPercent: 10,
      reminders: true,
      reminderDays: { notOpened: [3, 7], halfDone: [2, 5], domainUnseen: 2, linkEnds: 5 },
      onboardingTemplate: {
        mode: 'self_service',
        features: [
          { feature: 'sso', requirement: 'required' },
          { feature: 'domain_verification', requirement: 'optional' },
        ],
      },
      auditDays: null,
    },
    usualAuditDays: 400,
    redirectUris: isEmpty
      ? []
      : [
          { id: 'redir_1', uri: 'https://app.northwind.example/sso/callback', isDefault: true },
          { id: 'redir_2', uri: 'https://*.preview.northwind.example/sso/callback', isDefault: false },
          { id: 'redir_3', uri: 'http://localhost:3000/callback', isDefault: false },
        ],
    customAttributes: isEmpty
      ? []
      : [
          { key: 'cost_center', label: 'Cost center', isRequired: true },
          { key: 'employee_number', label: 'Employee number', isRequired: false },
        ],
    googleClient: {
      clientId: isEmpty ? null : '104857600000-northwind.apps.googleusercontent.com',
      redirectUri: 'https://auth.northwind.example/setup/northwind/api/directory/credentials/consent',
    },
    mailNotices: { isOn: !isEmpty, url: 'https://api.northwind.example/mail_notices' },
    updatedAt: now.toISOString(),
  };
}

export const fakeEnvironments = [
  { id: 'env_2', name: 'Production', vendorName: 'Northwind', kind: 'production' as const, isThisOne: false },
  { id: 'env_1', name: 'Sandbox', vendorName: 'Northwind', kind: 'sandbox' as const, isThisOne: true },
];
