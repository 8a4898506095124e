/**
 * The features an onboarding can cover and the steps of each, in the order in which people meet them.
 * A step is a unit that someone finishes; which step may be done when is decided by `needs` alone.
 */

export const features = [
  'sso',
  'directory_sync',
  'domain_verification',
  'log_streams',
  'audit_logs',
  'certificate_renewal',
] as const;
export type Feature = (typeof features)[number];

/** The features that can be set up in this release; the others have a name in the contract, but no steps yet. */
export const offeredFeatures = [
  'sso',
  'directory_sync',
  'domain_verification',
  'certificate_renewal',
  'log_streams',
  'audit_logs',
] as const satisfies readonly Feature[];
export type OfferedFeature = (typeof offeredFeatures)[number];

/**
 * Those that an onboarding can be started for, in the usual order: a renewal is about what is live already, and the audit
 * log is there to be read.
 */
export const tailoredFeatures = [
  'sso',
  'directory_sync',
  'domain_verification',
  'log_streams',
] as const satisfies readonly OfferedFeature[];
export type TailoredFeature = (typeof tailoredFeatures)[number];

export const stepNames = [
  'choose_provider',
  'configure_provider',
  'enter_metadata',
  'test_sign_in',
  'go_live',
  'choose_directory',
  'connect_directory',
  'receive_people',
  'assign_roles',
  'add_domain',
  'verify_domain',
  'give_certificate',
  'prove_certificate',
  'choose_destination',
  'configure_stream',
  'prove_stream',
  'start_stream',
  'repair_sign_in',
  'repair_metadata',
  'repair_directory',
  'repair_domain',
  'repair_stream',
] as const;
export type StepName = (typeof stepNames)[number];

export const requirements = ['required', 'optional', 'off'] as const;
export type Requirement = (typeof requirements)[number];

type StepRule = {
  feature: OfferedFeature;
  /** Steps of the same feature that come first. */
  needs: readonly StepName[];
  /** There only while something that was live needs a person: it opens and closes by what is seen. */
  isRepair?: true;
};

/** Every step with its feature and what it needs first. The order of the keys is the order on the page. */
export const stepRules: Readonly<Record<StepName, StepRule>> = {
  choose_provider: { feature: 'sso', needs: [] },
  configure_provider: { feature: 'sso', needs: ['choose_provider'] },
  enter_metadata: { feature: 'sso', needs: ['choose_provider'] },
  test_sign_in: { feature: 'sso', needs: ['enter_metadata'] },
  go_live: { feature: 'sso', needs: ['test_sign_in'] },
  choose_directory: { feature: 'directory_sync', needs: [] },
  connect_directory: { feature: 'directory_sync', needs: ['choose_directory'] },
  receive_people: { feature: 'directory_sync', needs: ['connect_directory'] },
  assign_roles: { feature: 'directory_sync', needs: ['receive_people'] },
  add_domain: { feature: 'domain_verification', needs: [] },
  verify_domain: { feature: 'domain_verification', needs: ['add_domain'] },
  give_certificate: { feature: 'certificate_renewal', needs: [] },
  prove_certificate: { feature: 'certificate_renewal', needs: ['give_certificate'] },
  choose_destination: { feature: 'log_streams', needs: [] },
  configure_stream: { feature: 'log_streams', needs: ['choose_destination'] },
  prove_stream: { feature: 'log_streams', needs: ['configure_stream'] },
  start_stream: { feature: 'log_streams', needs: ['prove_stream'] },
  repair_sign_in: { feature: 'sso', needs: [], isRepair: true },
  repair_metadata: { feature: 'sso', needs: [], isRepair: true },
  repair_directory: { feature: 'directory_sync', needs: [], isRepair: true },
  repair_domain: { feature: 'domain_verification', needs: [], isRepair: true },
  repair_stream: { feature: 'log_streams', needs: [], isRepair: true },
};

/** The steps of one feature, in order: what it takes to get it live. */
export function stepsOf(feature: OfferedFeature): StepName[] {
  return stepNames.filter((step) => stepRules[step].feature === feature && !isRepairStep(step));
}

/** The steps that a feature has only while something about it needs repair. */
export function repairStepsOf(feature: OfferedFeature): StepName[] {
  return stepNames.filter((step) => stepRules[step].feature === feature && isRepairStep(step));
}

/** Whether a step is there only while something needs repair. */
export function isRepairStep(step: StepName): boolean {
  return stepRules[step].isRepair === true;
}

/** A step with those that are done after it, in order. */
export function stepsFrom(step: StepName): StepName[] {
  const steps = stepsOf(stepRules[step].feature);
  return steps.slice(steps.indexOf(step));
}

/** Whether a feature can be set up in this release. */
export function isOffered(feature: string): feature is OfferedFeature {
  return offeredFeatures.some((offered) => offered === feature);
}
