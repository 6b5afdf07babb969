import { type Mapping, builtInMapping } from '../sigma/mapping.ts';

const network =
  'source.ip=source.ip:address source.port=source.port:number destination.ip=destination.ip:address destination.port=destination.port:number';

const remarks = {
  '': 'logs-* holds all kinds of logs: name the index of these events in a mapping. What is longer than ignore_above (1,024 in the Elastic Common Schema) is not indexed and not found.',
  action: 'event.action is the word of the device that logged: a rule must name the words of yours.',
  'event.action': 'event.action is the word of the device that logged: a rule must name the words of yours.',
};

/** Fields that a rule calls as ECS does. */
const own = (names: string): string =>
  names
    .split(' ')
    .map((name) => `${name}=${name}`)
    .join(' ');
const zeek = `id.orig_h=source.ip:address id.orig_p=source.port:number id.resp_h=destination.ip:address
  id.resp_p=destination.port:number proto=network.transport`;
const eventData =
  `AccessMask AttributeLDAPDisplayName AttributeValue AuthenticationPackageName CallerProcessName CommandLine
  FailureReason KeyLength LogonProcessName LogonType MemberName MemberSid NewProcessName NewUacValue ObjectName ObjectServer
  ObjectType ObjectValueName OldUacValue ParentProcessName PrivilegeList ProcessName Properties RelativeTargetName
  SamAccountName ServiceFileName ServiceName ServiceType ShareLocalPath ShareName Status SubjectDomainName SubjectLogonId
  SubjectUserName SubjectUserSid SubStatus TargetDomainName TargetLogonId TargetServerName TargetSid TargetUserName
  TargetUserSid TaskContent TaskName TicketEncryptionType TicketOptions Workstation WorkstationName`.split(
    /\s+/,
  );

/**
 * The fields of the Elastic Common Schema, with their types. Text fields are taken to be of type keyword.
 * https://www.elastic.co/docs/reference/ecs/ecs-field-reference, …/beats/winlogbeat/exported-fields-winlog,
 * …/beats/filebeat/exported-fields-zeek, …-aws
 */
export const elasticEcs: Mapping = builtInMapping('elastic (Elastic Common Schema)', [
  {
    logsource: { category: 'firewall' },
    from: 'logs-*',
    time: '@timestamp',
    remarks,
    fields: `src_ip=source.ip:address src_port=source.port:number dst_ip=destination.ip:address
        dst_port=destination.port:number action=event.action username=user.name`,
  },
  {
    logsource: { category: 'webserver' },
    from: 'logs-*',
    time: '@timestamp',
    remarks,
    fields: `c-ip=source.ip:address s-ip=destination.ip:address s-port=destination.port:number
        cs-method=http.request.method cs-uri-stem=url.path cs-uri-query=url.query
        cs-host=url.domain sc-status=http.response.status_code:number
        cs-user-agent=user_agent.original cs-referer=http.request.referrer
        cs-username=user.name`,
  },
  {
    logsource: { category: 'proxy' },
    from: 'logs-*',
    time: '@timestamp',
    remarks,
    fields: `c-uri=url.original c-uri-stem=url.path c-uri-query=url.query c-uri-extension=url.extension
        c-useragent=user_agent.original src_ip=source.ip:address dst_ip=destination.ip:address
        c-ip=source.ip:address cs-method=http.request.method sc-status=http.response.status_code:number
        cs-host=url.domain r-dns=url.domain cs-referrer=http.request.referrer cs-referer=http.request.referrer
        cs-username=user.name cs-version=http.version`,
  },
  {
    logsource: { category: 'dns' },
    from: 'logs-*',
    time: '@timestamp',
    remarks,
    fields: `query=dns.question.name record_type=dns.question.type answer=dns.answers.data
        src_ip=source.ip:address dst_ip=destination.ip:address`,
  },
  {
    logsource: { category: 'network', service: 'dns' },
    from: 'logs-*',
    time: '@timestamp',
    remarks,
    fields: `${network} dns.response.code=dns.response_code ${own('dns.question.name dns.question.type dns.answers.data')}`,
  },
  {
    logsource: { category: 'network' },
    from: 'logs-*',
    time: '@timestamp',
    remarks,
    fields: `${network} network.state=zeek.connection.state ${own('network.transport network.protocol event.outcome event.action')}`,
  },
  {
    logsource: { category: 'authentication' },
    from: 'logs-*',
    time: '@timestamp',
    remarks,
    fields: `${network} ${own('user.name service.name event.outcome')} user=user.name username=user.name
        src_ip=source.ip:address src_port=source.port:number dst_ip=destination.ip:address service=service.name
        action=event.outcome`,
  },
  {
    // Winlogbeat and the Elastic Agent keep the event's own data under winlog.event_data.
    logsource: { product: 'windows', service: 'security' },
    from: 'logs-*',
    time: '@timestamp',
    remarks,
    fields: `EventID=event.code Channel=winlog.channel Provider_Name=winlog.provider_name
        Computer=winlog.computer_name IpAddress=source.ip:address IpPort=source.port:number
        ${eventData.map((name) => `${name}=winlog.event_data.${name}`).join(' ')}`,
  },
  {
    logsource: { product: 'aws', service: 'cloudtrail' },
    from: 'logs-*',
    time: '@timestamp',
    remarks,
    fields: `eventName=event.action eventSource=event.provider eventType=aws.cloudtrail.event_type
        errorCode=aws.cloudtrail.error_code errorMessage=aws.cloudtrail.error_message awsRegion=cloud.region
        sourceIPAddress=source.address userAgent=user_agent.original
        userIdentity.type=aws.cloudtrail.user_identity.type userIdentity.arn=aws.cloudtrail.user_identity.arn
        userIdentity.invokedBy=aws.cloudtrail.user_identity.invoked_by
        userIdentity.accessKeyId=aws.cloudtrail.user_identity.access_key_id userIdentity.userName=user.name`,
  },
  {
    logsource: { product: 'zeek', service: 'conn' },
    from: 'logs-*',
    time: '@timestamp',
    remarks,
    fields: `${zeek} conn_state=zeek.connection.state service=network.protocol history=zeek.connection.history
        orig_bytes=source.bytes:number resp_bytes=destination.bytes:number`,
  },
  {
    logsource: { product: 'zeek', service: 'dns' },
    from: 'logs-*',
    time: '@timestamp',
    remarks,
    fields: `${zeek} query=dns.question.name qtype_name=dns.question.type rcode_name=dns.response_code
        answers=dns.answers.data`,
  },
  {
    logsource: { product: 'zeek', service: 'http' },
    from: 'logs-*',
    time: '@timestamp',
    remarks,
    fields: `${zeek} method=http.request.method host=url.domain uri=url.original user_agent=user_agent.original
        referrer=http.request.referrer status_code=http.response.status_code:number`,
  },
  { logsource: { product: 'zeek' }, from: 'logs-*', time: '@timestamp', remarks, fields: zeek },
  { logsource: {}, from: 'logs-*', time: '@timestamp', remarks, fields: network },
]);
