import { bringBack, valueSlip, type StreamDestination } from '../destination.ts';
import { certificateAuthority } from './shared-fields.ts';

/** Any collector that takes syslog by TLS (RFC 5424, RFC 5425). */
export const syslog: StreamDestination = {
  id: 'syslog',
  name: 'Syslog over TLS',
  shortName: 'your collector',
  names: ['rsyslog', 'syslog-ng', 'QRadar', 'Graylog', 'RFC 5424', 'ArcSight', 'LogRhythm'],
  mark: 'Sy',
  type: 'Syslog',
  needs: ['A collector with TLS, reachable from the internet'],
  fields: [
    {
      name: 'host',
      kind: 'text',
      label: 'Host',
      isAddress: true,
      longest: 253,
      isStrict: true,
      example: 'syslog.acme.com',
      mistakes: [
        { pattern: '://', explanation: 'Only the name, without https:// or tls:// before it.' },
        { pattern: ':\\d+$', explanation: 'The port goes into its own field.' },
      ],
      pattern: {
        pattern: '[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?',
        explanation: 'A host’s name has letters, digits, dots and hyphens.',
      },
    },
    {
      name: 'port',
      kind: 'text',
      label: 'Port',
      isAddress: true,
      longest: 5,
      isStrict: true,
      example: '6514',
      mistakes: [{ pattern: '^514$', explanation: '514 is syslog without TLS. With TLS it is 6514.' }],
      pattern: {
        pattern: '[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5]',
        explanation: 'A port is a number up to 65535; syslog with TLS has 6514.',
      },
    },
    certificateAuthority,
  ],
  limits: { records: 500, bytes: 1_000_000, recordBytes: 60_000, isCompressed: false },
  level: 'accepted',
  blames: {
    address_refused: 'host',
  },
  proof: { where: ['your collector’s log'], search: '{PROOF_MARK}' },
  steps: [
    {
      id: 'input',
      title: 'Open an input with TLS',
      where: { path: ['your collector'] },
      blocks: [
        { kind: 'setting', label: 'Protocol', choice: 'TLS over TCP, port 6514' },
        { kind: 'setting', label: 'Format', choice: 'RFC 5424' },
        { kind: 'setting', label: 'Framing', choice: 'Octet counting (RFC 5425)' },
        {
          kind: 'setting',
          label: 'Longest message',
          choice: '64 KB',
          hint: 'Some collectors cut at 8 KB unless they are told.',
        },
        {
          kind: 'snippet',
          label: 'rsyslog.conf',
          value:
            'global(maxMessageSize="64k"\n  DefaultNetstreamDriverCertFile="/etc/rsyslog.d/cert.pem"\n  DefaultNetstreamDriverKeyFile="/etc/rsyslog.d/key.pem")\nmodule(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")\ninput(type="imtcp" port="6514" SupportOctetCountedFraming="on")',
          hint: 'The driver comes with the package rsyslog-gnutls.',
        },
        {
          kind: 'snippet',
          label: 'syslog-ng.conf',
          value:
            'source s_vestibule {\n  syslog(transport("tls") port(6514) log-msg-size(65536)\n    tls(cert-file("/etc/syslog-ng/cert.pem") key-file("/etc/syslog-ng/key.pem")\n      peer-verify(optional-untrusted)));\n};',
          hint: 'Name it as a source in a log rule of yours.',
        },
        bringBack('Host', 'host'),
        bringBack('Port', 'port'),
      ],
    },
    {
      id: 'certificate',
      title: 'Give it a certificate',
      where: { path: ['your collector'] },
      blocks: [
        {
          kind: 'text',
          text: 'It has to name the host that we connect to. Where it comes from your own authority, its certificate goes into **Private CA certificate** here.',
        },
      ],
    },
    {
      id: 'allow-us',
      title: 'Let our addresses in',
      where: { path: ['your firewall'] },
      blocks: [valueSlip('IP addresses', 'OUR_ADDRESSES')],
    },
  ],
  repairs: [
    {
      causes: ['tls_failed'],
      where: { path: ['your collector'], label: 'its certificate' },
      fix: 'It has to name the host, be valid today, and come from an authority that browsers trust or that is given here.',
    },
    {
      causes: ['client_certificate_asked'],
      where: { path: ['your collector'], label: 'client authentication' },
      fix: 'Have this input take connections without a client certificate (rsyslog: StreamDriver.AuthMode="anon"; syslog-ng: peer-verify(optional-untrusted)), from our addresses alone.',
    },
    {
      causes: ['broken_off'],
      where: { path: ['your collector'], label: 'its own log' },
      fix: 'After a restart this ends by itself. Where it stays, the input wants a client certificate or knows certain senders only: have it take connections without one (rsyslog: StreamDriver.AuthMode="anon"), from our addresses alone.',
    },
    {
      causes: ['unreachable', 'too_slow'],
      where: { path: ['your firewall'], label: 'TCP 6514' },
      fix: 'Let our addresses in, and compare host and port.',
    },
  ],
  mistakes: [
    {
      symptom: 'Messages end in the middle',
      cause: 'The collector cuts at 1, 2 or 8 KB.',
      fix: 'Raise its longest message to 64 KB.',
    },
    {
      symptom: 'Messages begin with a number',
      cause: 'The collector splits at line ends and shows the octet count.',
      fix: 'Switch octet counting (RFC 5425) on.',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    { title: 'RFC 5424: The Syslog Protocol', url: 'https://www.rfc-editor.org/rfc/rfc5424' },
    { title: 'RFC 5425: TLS Transport Mapping for Syslog', url: 'https://www.rfc-editor.org/rfc/rfc5425' },
  ],
};
