/** What the worker offers: the functions' names are the workflow types of `messages.ts`. */
export { deliverWebhooks } from './deliver-webhooks.ts';
export { runLogStream } from './run-log-stream.ts';
export { onboardCustomer } from './onboard-customer.ts';
export { sweep } from './sweep.ts';
export { syncDirectory } from './sync-directory.ts';
export { verifyDomain } from './verify-domain.ts';
export { watchAgeing } from './watch-ageing.ts';
export { watchCertificate } from './watch-certificate.ts';
export { writeAuditExport } from './write-audit-export.ts';
