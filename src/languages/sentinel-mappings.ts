import { type Mapping, builtInMapping } from '../sigma/mapping.ts';

// Where Microsoft Sentinel keeps the events of Sigma's log sources: behind the parsers of the Advanced Security Information
// Model, or in the tables that connectors fill. A log source or a field that is not here is refused with the rule's
// location: a name that a table does not have is an error there, and one that means something else would be worse.
// https://learn.microsoft.com/azure/sentinel/normalization-schema-network, …-web, …-dns, …-authentication
// https://learn.microsoft.com/azure/azure-monitor/reference/tables/commonsecuritylog, …/w3ciislog, …/dnsevents,
// …/vmconnection, …/securityevent, …/syslog, …/awscloudtrail

/** Columns of SecurityEvent that are called like the fields of the events. */
const windowsTexts = `AccessMask Account AccountDomain AccountExpires AccountName AccountSessionIdentifier AccountType Activity AdditionalInfo
  AllowedToDelegateTo Attributes AuditPolicyChanges AuthenticationPackageName AuthenticationProvider AuthenticationServer
  AuthenticationType CallerProcessId CallerProcessName CategoryId Channel ClassId ClassName ClientAddress ClientIPAddress
  ClientName CommandLine CompatibleIds Computer DeviceDescription DeviceId DisplayName Disposition DomainName DomainSid
  ElevatedToken FailureReason FileHash FilePath GroupMembership HandleId HardwareIds HomeDirectory HomePath
  IpAddress IpPort LmPackageName LocationInformation LogonGuid LogonHours LogonProcessName MandatoryLabel
  MemberName MemberSid NewProcessId NewProcessName NewUacValue NewValue NewValueType ObjectName ObjectServer ObjectType
  ObjectValueName OldUacValue OldValue OldValueType OperationType PackageName ParentProcessName PasswordLastSet
  PrimaryGroupId PrivilegeList ProcessId ProcessName ProfilePath Properties RelativeTargetName RemoteIpAddress
  RestrictedAdminMode SamAccountName ScriptPath ServiceAccount ServiceFileName ServiceName ServiceType SessionName
  ShareLocalPath ShareName SidHistory Status SubcategoryGuid SubcategoryId SubjectDomainName SubjectLogonId SubjectUserName
  SubjectUserSid SubStatus TargetDomainName TargetInfo TargetLinkedLogonId TargetLogonGuid TargetLogonId
  TargetOutboundDomainName TargetOutboundUserName TargetServerName TargetSid TargetUserName TargetUserSid TokenElevationType
  TransmittedServices UserAccountControl UserParameters UserPrincipalName UserWorkstations VendorIds VirtualAccount
  Workstation WorkstationName`;
const windowsNumbers =
  'AuditsDiscarded AuthenticationLevel AuthenticationService ErrorCode EventID KeyLength LogonType ServiceStartType Task';
const words = (text: string): string[] => text.split(/\s+/);

/** Not normalised: Windows' Security log, what Linux machines send by syslog, and CloudTrail are read from their tables in both mappings. */
const machines = [
  {
    logsource: { product: 'windows', service: 'security' },
    from: 'SecurityEvent',
    time: 'TimeGenerated',
    unknownFields: 'refuse',
    fields: [
      ...words(windowsTexts).map((name) => `${name}=${name}`),
      ...words(windowsNumbers).map((name) => `${name}=${name}:number`),
      'Provider_Name=EventSourceName',
    ].join(' '),
  },
  ...[
    // OpenSSH 9.8 and later logs as sshd-session.
    { service: 'sshd', where: 'ProcessName startswith "sshd"' },
    { service: 'auth', where: 'Facility in~ ("auth", "authpriv")' },
  ].map(({ service, where }) => ({
    logsource: { product: 'linux', service },
    from: `Syslog\n| where ${where}`,
    time: 'TimeGenerated',
    message: 'SyslogMessage',
    unknownFields: 'refuse' as const,
  })),
  {
    logsource: { product: 'aws', service: 'cloudtrail' },
    from: 'AWSCloudTrail',
    time: 'TimeGenerated',
    unknownFields: 'refuse',
    fields: `eventName=EventName eventSource=EventSource eventType=EventTypeName errorCode=ErrorCode
      errorMessage=ErrorMessage awsRegion=AWSRegion sourceIPAddress=SourceIpAddress userAgent=UserAgent
      recipientAccountId=RecipientAccountId ${[
        'AccessKeyId',
        'AccountId',
        'Arn',
        'InvokedBy',
        'Type',
        'UserName',
      ]
        .map((name) => `userIdentity.${name[0].toLowerCase()}${name.slice(1)}=UserIdentity${name}`)
        .join(' ')} userIdentity.principalId=UserIdentityPrincipalid`,
  },
] as const;

const path = 'UrlPath = extract("^(?:[A-Za-z]+://[^/?#]*)?([^?#]*)", 1, Url)';
const query = 'UrlQuery = extract("[?]([^#]*)", 1, Url)';

/** The unifying parsers of the Advanced Security Information Model. */
export const sentinelAsim: Mapping = builtInMapping('sentinel-kql (ASIM)', [
  {
    logsource: { category: 'firewall' },
    from: '_Im_NetworkSession()',
    time: 'TimeGenerated',
    remarks: {
      action:
        'DvcAction is Allow, Deny, Drop, Drop ICMP, Reset, Reset Source, Reset Destination, Encrypt, Decrypt or VPNroute: a rule that names other words finds nothing.',
    },
    unknownFields: 'refuse',
    fields: `src_ip=SrcIpAddr src_port=SrcPortNumber:number dst_ip=DstIpAddr
        dst_port=DstPortNumber:number action=DvcAction username=SrcUsername`,
  },
  {
    logsource: { category: 'webserver' },
    from: `_Im_WebSession()\n| extend ${path}, ${query}`,
    time: 'TimeGenerated',
    unknownFields: 'refuse',
    fields: `c-ip=SrcIpAddr s-ip=DstIpAddr s-port=DstPortNumber:number cs-method=HttpRequestMethod
        cs-host=HttpHost cs-uri-stem=UrlPath cs-uri-query=UrlQuery
        sc-status=EventResultDetails cs-user-agent=HttpUserAgent cs-referer=HttpReferrer
        cs-username=SrcUsername`,
  },
  {
    logsource: { category: 'proxy' },
    from: `_Im_WebSession()\n| extend ${path}, ${query}`,
    time: 'TimeGenerated',
    unknownFields: 'refuse',
    fields: `c-uri=Url c-uri-stem=UrlPath c-uri-query=UrlQuery c-useragent=HttpUserAgent src_ip=SrcIpAddr
        dst_ip=DstIpAddr c-ip=SrcIpAddr cs-method=HttpRequestMethod sc-status=EventResultDetails cs-host=HttpHost
        cs-referrer=HttpReferrer cs-referer=HttpReferrer cs-username=SrcUsername`,
  },
  {
    logsource: { category: 'network', service: 'connection' },
    from: '_Im_NetworkSession()',
    time: 'TimeGenerated',
    unknownFields: 'refuse',
    fields: `source.ip=SrcIpAddr source.port=SrcPortNumber:number destination.ip=DstIpAddr
        destination.port=DstPortNumber:number network.transport=NetworkProtocol
        network.protocol=NetworkApplicationProtocol network.state=EventOriginalResultDetails`,
  },
  {
    logsource: { category: 'network', service: 'dns' },
    from: '_Im_Dns()',
    time: 'TimeGenerated',
    unknownFields: 'refuse',
    fields: `source.ip=SrcIpAddr destination.ip=DstIpAddr dns.question.name=DnsQuery
        dns.question.type=DnsQueryTypeName dns.response.code=DnsResponseCodeName
        dns.answers.data=DnsResponseName`,
  },
  {
    logsource: { category: 'dns' },
    from: '_Im_Dns()',
    time: 'TimeGenerated',
    unknownFields: 'refuse',
    fields: `query=DnsQuery record_type=DnsQueryTypeName answer=DnsResponseName src_ip=SrcIpAddr
        dst_ip=DstIpAddr`,
  },
  {
    logsource: { category: 'authentication' },
    from: '_Im_Authentication()',
    time: 'TimeGenerated',
    unknownFields: 'refuse',
    fields: `user=TargetUsername username=TargetUsername user.name=TargetUsername src_ip=SrcIpAddr source.ip=SrcIpAddr
        src_port=SrcPortNumber:number source.port=SrcPortNumber:number dst_ip=TargetIpAddr destination.ip=TargetIpAddr
        service=TargetAppName service.name=TargetAppName action=EventResult event.outcome=EventResult`,
  },
  ...machines,
]);

/** Tables as connectors fill them: CEF appliances, IIS, the DNS server and the VM insights agent. */
export const sentinelRaw: Mapping = builtInMapping('sentinel-kql-raw (tables)', [
  {
    logsource: { category: 'firewall' },
    from: 'CommonSecurityLog',
    time: 'TimeGenerated',
    remarks: {
      action: 'DeviceAction is the word of the device that logged: a rule must name the words of yours.',
    },
    unknownFields: 'refuse',
    fields: `src_ip=SourceIP src_port=SourcePort:number dst_ip=DestinationIP
        dst_port=DestinationPort:number action=DeviceAction username=SourceUserName`,
  },
  {
    logsource: { category: 'webserver' },
    from: 'W3CIISLog',
    time: 'TimeGenerated',
    unknownFields: 'refuse',
    fields: `c-ip=cIP s-ip=sIP s-port=sPort:number cs-method=csMethod cs-uri-stem=csUriStem
        cs-uri-query=csUriQuery sc-status=scStatus cs-host=csHost cs-user-agent=csUserAgent
        cs-referer=csReferer cs-username=csUserName`,
  },
  {
    logsource: { category: 'network', service: 'dns' },
    from: 'DnsEvents',
    time: 'TimeGenerated',
    unknownFields: 'refuse',
    fields: `source.ip=ClientIP dns.question.name=Name dns.question.type=QueryType
        dns.response.code=ResultCode:number dns.answers.data=IPAddresses`,
  },
  {
    logsource: { category: 'dns' },
    from: 'DnsEvents',
    time: 'TimeGenerated',
    unknownFields: 'refuse',
    fields: 'src_ip=ClientIP query=Name record_type=QueryType answer=IPAddresses',
  },
  {
    logsource: { category: 'network', service: 'connection' },
    from: 'VMConnection',
    time: 'TimeGenerated',
    unknownFields: 'refuse',
    fields: `source.ip=SourceIp destination.ip=DestinationIp
        destination.port=DestinationPort:number network.transport=Protocol`,
  },
  ...machines,
]);
