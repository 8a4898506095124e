import type { FirstRun } from '../../contract/dashboard.ts';

/** The command of the first run, ready to paste: makes an organization and starts its onboarding, with a link to copy. */
export function firstRunCommands(api: string, key: string): FirstRun['commands'] {
  return { curl: curl(api, key), node: node(api, key), python: python(api, key) };
}

const order = `{"organization":"'"$ORG"'","features":[{"feature":"sso"}],"contacts":["anna@acme.test"],"delivery":"copy"}`;

function curl(api: string, key: string): string {
  return [
    `ORG=$(curl -s ${api}/organizations \\`,
    `  -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\`,
    `  -d '{"name":"Acme"}' | grep -o 'org_[0-9A-Z]\\{26\\}' | head -n 1)`,
    `curl -s ${api}/onboardings \\`,
    `  -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\`,
    `  -d '${order}'`,
  ].join('\n');
}

function node(api: string, key: string): string {
  return `node --input-type=module -e '
const call = async (path, body) => {
  const headers = { Authorization: "Bearer ${key}", "Content-Type": "application/json" };
  const response = await fetch("${api}" + path, { method: "POST", headers, body: JSON.stringify(body) });
  return response.json();
};
const organization = await call("/organizations", { name: "Acme" });
console.log(await call("/onboardings", {
  organization: organization.id,
  features: [{ feature: "sso" }],
  contacts: ["anna@acme.test"],
  delivery: "copy",
}));'`;
}

function python(api: string, key: string): string {
  return `python3 - <<'END'
import json, urllib.request

def call(path, body):
    headers = {"Authorization": "Bearer ${key}", "Content-Type": "application/json"}
    request = urllib.request.Request("${api}" + path, json.dumps(body).encode(), headers)
    return json.load(urllib.request.urlopen(request))

organization = call("/organizations", {"name": "Acme"})
print(json.dumps(call("/onboardings", {
    "organization": organization["id"],
    "features": [{"feature": "sso"}],
    "contacts": ["anna@acme.test"],
    "delivery": "copy",
}), indent=2))
END`;
}
