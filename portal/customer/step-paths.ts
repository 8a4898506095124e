import type { StepName } from '../../onboarding/steps.ts';

const paths: Readonly<Record<StepName, string>> = {
  choose_provider: '/sso/provider',
  configure_provider: '/sso/guide',
  enter_metadata: '/sso/metadata',
  test_sign_in: '/sso/test',
  go_live: '/sso/go-live',
  choose_directory: '/directory/provider',
  connect_directory: '/directory/guide',
  receive_people: '/directory/watch',
  assign_roles: '/directory/roles',
  add_domain: '/domains',
  verify_domain: '/domains',
  give_certificate: '/sso/renewal',
  prove_certificate: '/sso/renewal',
  choose_destination: '/log-streams',
  configure_stream: '/log-streams',
  prove_stream: '/log-streams',
  start_stream: '/log-streams',
  repair_sign_in: '/sso/connection',
  repair_metadata: '/sso/connection',
  repair_directory: '/directory/state',
  repair_domain: '/domains',
  repair_stream: '/log-streams',
};

/** The page on which a step is done. */
export function pathOfStep(step: StepName): string {
  return paths[step];
}
