import { webhookEvents } from '../../../api/contract/event-names.ts';
import * as dashboardKeys from '../../../api/contract/dashboard-keys.ts';
import * as webhookContract from '../../../api/contract/dashboard-webhooks.ts';
import { fakeWebhooks } from '../fake-webhooks.ts';
import { api, fits, noContent, ok, problemOf, type FakeRoutes, type FakeWorld } from './routes.ts';

/** What the vendor's developers keep: keys and webhook endpoints. */
export function answerDevelopers(
  { get, on, take }: FakeRoutes,
  { data, now, isEmpty, role, at }: FakeWorld,
): void {
  const webhooks = fakeWebhooks(now, isEmpty, role === 'admin' || role === 'developer');
  let made = 0;

  get(`${api}/api-keys`, dashboardKeys.apiKeyList, () => ({
    keys: data.keys,
    clientId: data.session.environment.clientId,
  }));
  function addKey(more: Pick<(typeof data.keys)[number], 'name' | 'scopes' | 'addresses' | 'expiresAt'>) {
    made += 1;
    const key = {
      id: `key_new${made}`,
      suffix: '7Qp2',
      createdAt: at(),
      lastUsedAt: null,
      revokedAt: null,
      replacedBy: null,
      ...more,
    };
    data.keys = [key, ...data.keys];
    return { ...key, secret: 'sk_test_only_for_the_fake_0000000000007Qp2' };
  }
  take('POST', `${api}/api-keys`, dashboardKeys.newApiKeyBody, (body) =>
    ok(dashboardKeys.newApiKey, addKey(body), 201),
  );
  take('POST', `${api}/api-keys/:id/rotate`, dashboardKeys.rotateApiKeyBody, (_body, { id }) => {
    const old = data.keys.find((key) => key.id === id);
    if (old === undefined) return problemOf(404, 'not_found');
    const { name, scopes, addresses } = old;
    const key = addKey({ name, scopes, addresses, expiresAt: null });
    Object.assign(old, { replacedBy: key.id, expiresAt: at() });
    return ok(dashboardKeys.rotatedApiKey, { ...key, replaces: old }, 201);
  });
  on('POST', `${api}/api-keys/:id/revoke`, ({ id }) => {
    data.keys = data.keys.map((key) => (key.id === id ? { ...key, revokedAt: at() } : key));
    const found = data.keys.find((key) => key.id === id);
    return found === undefined ? problemOf(404, 'not_found') : ok(dashboardKeys.apiKeyView, found);
  });

  const endpointOf = (id: string | undefined) => webhooks.endpoints.find((one) => one.id === id);
  get(`${api}/webhooks`, webhookContract.webhookList, () => ({
    endpoints: webhooks.endpoints.map(
      ({ secret: _secret, publicKey: _key, previousSecretUntil: _until, names: _names, ...row }) => row,
    ),
    names: [...webhookEvents],
  }));
  get(`${api}/webhooks/:id`, webhookContract.webhookDetail, endpointOf);
  get(`${api}/webhooks/:id/deliveries`, webhookContract.deliveryPage, (_id, query) => {
    const ofEvent = query.get('event');
    return {
      deliveries: webhooks.deliveries.filter(
        (one) => fits(query, 'state', one.state) && (ofEvent === null || one.eventId === ofEvent),
      ),
      next: null,
    };
  });
  on('GET', `${api}/webhooks/:id/deliveries/:delivery`, ({ delivery }) => {
    const found = webhooks.deliveries.find((one) => one.id === delivery);
    if (found === undefined) return problemOf(404, 'not_found');
    const body = { id: found.eventId, event: found.event, data: { object: 'directory_user', id: 'user_1' } };
    // The oldest one's event is no longer kept.
    const request = found.id === 'webhook_delivery_4' ? null : JSON.stringify(body);
    return ok(webhookContract.deliveryDetail, { ...found, request });
  });
  take('POST', `${api}/webhooks`, webhookContract.newWebhookBody, () =>
    ok(webhookContract.webhookId, { id: 'we_1' }, 201),
  );
  take('PUT', `${api}/webhooks/:id`, webhookContract.changedWebhookBody, (body, { id = '' }) => {
    Object.assign(endpointOf(id) ?? {}, body);
    return ok(webhookContract.webhookId, { id });
  });
  take(
    'POST',
    `${api}/webhooks/:id/switch`,
    webhookContract.switchWebhookBody,
    ({ on: isOn }, { id = '' }) => {
      const to = isOn
        ? { chip: 'sending', disabledReason: null, failingSince: null }
        : { chip: 'off', disabledReason: 'by_hand' };
      Object.assign(endpointOf(id) ?? {}, to);
      return ok(webhookContract.webhookId, { id });
    },
  );
  take('POST', `${api}/webhooks/:id/rotate`, webhookContract.rotateWebhookBody, (_body, { id = '' }) =>
    ok(webhookContract.webhookId, { id }),
  );
  const again = new Set<string>();
  take('POST', `${api}/webhooks/:id/replay`, webhookContract.replayBody, (body) => {
    const isMuch = body.what === 'hours' && body.hours === 720 && body.after === undefined;
    const [first] = webhooks.deliveries;
    if (body.what === 'delivery') {
      const { deliveryId } = body;
      if (again.has(deliveryId)) return ok(webhookContract.replayedView, { count: 0, after: null });
      again.add(deliveryId);
    }
    const sent = {
      id: `webhook_delivery_${webhooks.deliveries.length + 1}`,
      isReplay: true,
      createdAt: at(),
    };
    if (first !== undefined) webhooks.deliveries.unshift({ ...first, ...sent });
    return ok(
      webhookContract.replayedView,
      isMuch
        ? { count: 10_000, after: 'event_10000' }
        : { count: body.what === 'delivery' ? 1 : 14, after: null },
    );
  });
  take('POST', `${api}/webhooks/:id/test`, webhookContract.testWebhookBody, ({ event }) => {
    const [first] = webhooks.deliveries;
    if (first === undefined) return problemOf(404, 'not_found');
    const sent = { id: 'webhook_delivery_test', event, isTest: true, state: 'delivered' as const, tries: 1 };
    webhooks.deliveries.unshift({ ...first, ...sent, status: 204, nextTryAt: null, createdAt: at() });
    return ok(webhookContract.testedWebhook, { deliveryId: 'webhook_delivery_test' }, 201);
  });
  on('DELETE', `${api}/webhooks/:id`, ({ id }) => {
    webhooks.endpoints = webhooks.endpoints.filter((one) => one.id !== id);
    return noContent;
  });
}
