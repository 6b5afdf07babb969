import { createRequire } from 'node:module';

// Microsoft's own parser and binder of KQL (test only): it knows every operator and function with its types. Tables are
// given as `let` statements of empty data tables.

interface Diagnostic {
  readonly Message: string;
  readonly Severity: string;
}
interface Kusto {
  readonly Language: {
    readonly GlobalState: { readonly Default: unknown };
    readonly KustoCode: {
      ParseAndAnalyze(
        text: string,
        globals: unknown,
      ): { GetDiagnostics(): { readonly Count: number; getItem(index: number): Diagnostic } };
    };
  };
}

/** What the binder has against a query that is preceded by its tables; empty when it is valid KQL. */
export function kustoFaults(tables: string, query: string): string[] {
  const loaded = globalThis as unknown as { Kusto?: Kusto };
  if (loaded.Kusto === undefined) {
    const require = createRequire(import.meta.url);
    // They hang themselves on the global object, in this order.
    require('@kusto/language-service-next/bridge.min.js');
    require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  }
  if (loaded.Kusto === undefined) throw new Error('the Kusto language service did not load');
  const { KustoCode, GlobalState } = loaded.Kusto.Language;
  const diagnostics = KustoCode.ParseAndAnalyze(`${tables}\n${query}`, GlobalState.Default).GetDiagnostics();
  return Array.from({ length: diagnostics.Count }, (_, index) => {
    const { Severity, Message } = diagnostics.getItem(index);
    return `${Severity}: ${Message}`;
  });
}

const columns = (text: string): string =>
  text
    .split(/\s+/)
    .map((word) => (word.includes(':') ? word : `${word}:string`))
    .join(', ');

/** `name=columns`; a column is a string unless it says otherwise, a name with () is a function. */
function table(name: string, schema: string): string {
  const data = `datatable(${columns(`TimeGenerated:datetime ${schema}`)})[]`;
  return name.endsWith('()') ? `let ${name.slice(0, -2)} = () { ${data} };` : `let ${name} = ${data};`;
}

/**
 * The columns that the mappings use, with their types, of the tables' published schemas.
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/commonsecuritylog, …/w3ciislog, …/dnsevents, …/vmconnection
 * …/securityevent, …/syslog; https://learn.microsoft.com/azure/sentinel/normalization-schema-network, …-web, …-dns, …-authentication
 */
export const sentinelTables = [
  table('CommonSecurityLog', 'SourceIP SourcePort:int DestinationIP DestinationPort:int DeviceAction SourceUserName Protocol'),
  table('W3CIISLog', 'cIP sIP sPort csMethod csUriStem csUriQuery scStatus csHost csUserAgent csReferer csUserName'),
  table('DnsEvents', 'ClientIP Name QueryType ResultCode:int Result IPAddresses'),
  table('VMConnection', 'SourceIp DestinationIp DestinationPort:int Protocol ProcessName'),
  table('SecurityEvent', 'AccessMask Account AccountDomain AccountExpires AccountName AccountSessionIdentifier AccountType Activity AdditionalInfo AllowedToDelegateTo Attributes AuditPolicyChanges AuditsDiscarded:int AuthenticationLevel:int AuthenticationPackageName AuthenticationProvider AuthenticationServer AuthenticationService:int AuthenticationType CallerProcessId CallerProcessName CategoryId Channel ClassId ClassName ClientAddress ClientIPAddress ClientName CommandLine CompatibleIds Computer DeviceDescription DeviceId DisplayName Disposition DomainName DomainSid ElevatedToken ErrorCode:int EventID:int EventSourceName FailureReason FileHash FilePath GroupMembership HandleId HardwareIds HomeDirectory HomePath IpAddress IpPort KeyLength:int LmPackageName LocationInformation LogonGuid LogonHours LogonProcessName LogonType:int MandatoryLabel MemberName MemberSid NewProcessId NewProcessName NewUacValue NewValue NewValueType ObjectName ObjectServer ObjectType ObjectValueName OldUacValue OldValue OldValueType OperationType PackageName ParentProcessName PasswordLastSet PrimaryGroupId PrivilegeList ProcessId ProcessName ProfilePath Properties RelativeTargetName RemoteIpAddress RestrictedAdminMode SamAccountName ScriptPath ServiceAccount ServiceFileName ServiceName ServiceStartType:int ServiceType SessionName ShareLocalPath ShareName SidHistory Status SubcategoryGuid SubcategoryId SubjectDomainName SubjectLogonId SubjectUserName SubjectUserSid SubStatus TargetDomainName TargetInfo TargetLinkedLogonId TargetLogonGuid TargetLogonId TargetOutboundDomainName TargetOutboundUserName TargetServerName TargetSid TargetUserName TargetUserSid Task:int TokenElevationType TransmittedServices UserAccountControl UserParameters UserPrincipalName UserWorkstations VendorIds VirtualAccount Workstation WorkstationName'),
  table('AWSCloudTrail', 'EventName EventSource EventTypeName ErrorCode ErrorMessage AWSRegion SourceIpAddress UserAgent RecipientAccountId UserIdentityAccessKeyId UserIdentityAccountId UserIdentityArn UserIdentityInvokedBy UserIdentityPrincipalid UserIdentityType UserIdentityUserName'),
  table('Syslog', 'CollectorHostName Computer EventTime:datetime Facility HostIP HostName ProcessID:int ProcessName SeverityLevel SyslogMessage'),
  table('_Im_Authentication()', 'EventResult SrcIpAddr SrcPortNumber:int TargetAppName TargetIpAddr TargetUsername'),
  table('_Im_NetworkSession()', 'SrcIpAddr SrcPortNumber:int DstIpAddr DstPortNumber:int DvcAction SrcUsername NetworkProtocol NetworkApplicationProtocol EventOriginalResultDetails'),
  table('_Im_WebSession()', 'SrcIpAddr DstIpAddr DstPortNumber:int Url HttpRequestMethod HttpHost HttpUserAgent HttpReferrer EventResultDetails SrcUsername'),
  table('_Im_Dns()', 'SrcIpAddr DstIpAddr DnsQuery DnsQueryTypeName DnsResponseCodeName DnsResponseName'),
].join('\n');

/** The table of cases.test.ts. */
export const caseTable = `let SRC = datatable(TimeGenerated:datetime, a:string, b:string, n:int, ip:string, t:datetime, msg:string, ['x-y']:string)[];`;
