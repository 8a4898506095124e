/** Where the page of a thing is, by the kind that the audit log and the search call it; undefined where it has none. */
const places: Readonly<Record<string, (id: string) => string>> = {
  organization: (id) => `/organizations/${id}`,
  onboarding: (id) => `/onboardings/${id}`,
  connection: (id) => `/connections/${id}`,
  directory: (id) => `/directories/${id}`,
  log_stream: (id) => `/log-streams/${id}`,
  directory_request: (id) => `/directory-requests/${id}`,
  attempt: (id) => `/attempts/${id}`,
  organization_domain: (id) => `/domains/${id}`,
  api_key: () => '/api-keys',
  webhook_endpoint: (id) => `/webhooks/${id}`,
  member: () => '/members',
  redirect_uri: () => '/environment',
  custom_attribute: () => '/environment',
  role: () => '/roles',
  environment: () => '/environment',
  guide_report: () => '/guide-reports',
};

export function placeOf(kind: string, id: string): string | undefined {
  return places[kind]?.(encodeURIComponent(id));
}
