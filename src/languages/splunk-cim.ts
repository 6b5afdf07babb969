import { type Mapping, builtInMapping } from '../sigma/mapping.ts';

const actions = {
  action:
    'Actions of the Common Information Model are allowed, blocked and teardown: a rule that names other words finds nothing.',
};

/**
 * Searches and fields of the Common Information Model, and of the add-ons for Windows, Linux and Zeek.
 * https://docs.splunk.com/Documentation/CIM/latest/User/NetworkTraffic, …/Web, …/NetworkResolutionDNS, …/Authentication
 * https://docs.splunk.com/Documentation/AddOns/released/Windows/SourcetypesandCIMdatamodelinfo, …/UnixLinux, …/Zeek
 */
export const splunkCim: Mapping = builtInMapping('splunk-spl (Common Information Model)', [
  {
    logsource: { category: 'firewall' },
    from: 'tag=network tag=communicate',
    time: '_time',
    remarks: actions,
    message: '_raw',
    fields: `src_ip=src_ip src_port=src_port:number dst_ip=dest_ip dst_port=dest_port:number
        action=action username=user`,
  },
  {
    logsource: { category: 'webserver' },
    from: 'tag=web',
    time: '_time',
    message: '_raw',
    fields: `c-ip=src s-ip=dest s-port=dest_port:number cs-method=http_method cs-uri-stem=uri_path
        cs-uri-query=uri_query sc-status=status:number cs-host=site
        cs-user-agent=http_user_agent cs-referer=http_referrer cs-username=user`,
  },
  {
    logsource: { category: 'proxy' },
    from: 'tag=web tag=proxy',
    time: '_time',
    message: '_raw',
    fields: `c-uri=url c-uri-stem=uri_path c-uri-query=uri_query c-useragent=http_user_agent src_ip=src
        dst_ip=dest c-ip=src cs-method=http_method sc-status=status:number cs-host=site cs-referrer=http_referrer
        cs-referer=http_referrer cs-username=user`,
  },
  {
    logsource: { category: 'network', service: 'connection' },
    from: 'tag=network tag=communicate',
    time: '_time',
    message: '_raw',
    fields: `source.ip=src_ip source.port=src_port:number destination.ip=dest_ip
        destination.port=dest_port:number network.transport=transport network.protocol=app
        network.state=conn_state event.action=action`,
  },
  {
    logsource: { category: 'network', service: 'dns' },
    from: 'tag=network tag=resolution tag=dns',
    time: '_time',
    message: '_raw',
    fields: `source.ip=src destination.ip=dest dns.question.name=query dns.question.type=record_type
        dns.response.code=reply_code dns.answers.data=answer`,
  },
  {
    logsource: { category: 'dns' },
    from: 'tag=network tag=resolution tag=dns',
    time: '_time',
    message: '_raw',
    fields: 'query=query record_type=record_type answer=answer src_ip=src dst_ip=dest',
  },
  {
    logsource: { category: 'authentication' },
    from: 'tag=authentication',
    time: '_time',
    message: '_raw',
    fields: `user=user username=user user.name=user src_ip=src source.ip=src dst_ip=dest destination.ip=dest
        service=app service.name=app action=action event.outcome=action`,
  },
  {
    // The Windows add-on with renderXml: fields are called as in the event, but for its number.
    logsource: { product: 'windows', service: 'security' },
    from: 'source="XmlWinEventLog:Security"',
    time: '_time',
    message: '_raw',
    unknownFields: 'keep',
    fields: 'EventID=EventCode',
  },
  ...['auth', 'sshd'].map((service) => ({
    logsource: { product: 'linux', service },
    from: service === 'sshd' ? 'sourcetype=linux_secure process=sshd*' : 'sourcetype=linux_secure',
    time: '_time',
    message: '_raw',
  })),
  {
    // The AWS add-on keeps CloudTrail's own names.
    logsource: { product: 'aws', service: 'cloudtrail' },
    from: 'sourcetype="aws:cloudtrail"',
    time: '_time',
    message: '_raw',
    unknownFields: 'keep',
  },
  // The Zeek add-on keeps Zeek's names.
  ...[
    'conn',
    'dns',
    'http',
    'ssh',
    'notice',
    'weird',
    'software',
    'ssl',
    'x509',
    'files',
    'kerberos',
    'rdp',
    'dce_rpc',
    'smb_files',
  ].map((service) => ({
    logsource: { product: 'zeek', service },
    from: `sourcetype="bro:${service}:json"`,
    time: '_time',
    message: '_raw',
    unknownFields: 'keep' as const,
  })),
  { logsource: {}, from: 'index=*', time: '_time', message: '_raw' },
]);
