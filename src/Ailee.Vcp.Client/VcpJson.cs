using System.Text.Json;
using System.Text.Json.Serialization;
using Ailee.Vcp.Client.Bundles;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Client.Ledger;
using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Modules;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Client.Proofs;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Client.Traces;

namespace Ailee.Vcp.Client;

/// <summary>
/// The JSON of the contract: camelCase, absent instead of null. Requests refuse unknown members; answers may gain some, and older
/// clients go on.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(ModuleView))]
[JsonSerializable(typeof(Page<ModuleView>))]
[JsonSerializable(typeof(BundleView))]
[JsonSerializable(typeof(Page<BundleView>))]
[JsonSerializable(typeof(BundleListing))]
[JsonSerializable(typeof(Page<TaskFile>))]
[JsonSerializable(typeof(IReadOnlyList<ResultValue>))]
[JsonSerializable(typeof(TaskRequest))]
[JsonSerializable(typeof(TaskBatchRequest))]
[JsonSerializable(typeof(TaskBatchView))]
[JsonSerializable(typeof(ComputeTask))]
[JsonSerializable(typeof(Page<ComputeTask>))]
[JsonSerializable(typeof(TaskSelection))]
[JsonSerializable(typeof(TaskEvent))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(TaskExplanation))]
[JsonSerializable(typeof(IReadOnlyList<CandidateView>))]
[JsonSerializable(typeof(TaskDivergence))]
[JsonSerializable(typeof(OutputProofView))]
[JsonSerializable(typeof(Page<TraceEntry>))]
[JsonSerializable(typeof(TraceLeafView))]
[JsonSerializable(typeof(ProofView))]
[JsonSerializable(typeof(Page<ProofView>))]
[JsonSerializable(typeof(VerifyRequest))]
[JsonSerializable(typeof(VerifyResponse))]
// Proofs of a trace's leaves have a record of that name too.
[JsonSerializable(typeof(Log.InclusionView), TypeInfoPropertyName = "LogInclusionView")]
[JsonSerializable(typeof(ConsistencyView))]
[JsonSerializable(typeof(LogEntryView))]
[JsonSerializable(typeof(Page<LogEntryView>))]
[JsonSerializable(typeof(PresentedView))]
[JsonSerializable(typeof(NodeView))]
[JsonSerializable(typeof(Page<NodeView>))]
[JsonSerializable(typeof(TelemetrySample))]
[JsonSerializable(typeof(Page<TelemetrySample>))]
[JsonSerializable(typeof(NodeEventView))]
[JsonSerializable(typeof(Page<NodeEventView>))]
[JsonSerializable(typeof(JoinTokenRequest))]
[JsonSerializable(typeof(JoinTokenView))]
[JsonSerializable(typeof(QuarantineRequest))]
[JsonSerializable(typeof(RotationRequest))]
[JsonSerializable(typeof(NodeCapabilities))]
[JsonSerializable(typeof(TelemetrySample))]
[JsonSerializable(typeof(Page<TelemetrySample>))]
[JsonSerializable(typeof(ChallengeRequest))]
[JsonSerializable(typeof(ChallengeView))]
[JsonSerializable(typeof(EnrolmentRequest))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(HeartbeatRequest))]
[JsonSerializable(typeof(HeartbeatReply))]
[JsonSerializable(typeof(LeasePoll))]
[JsonSerializable(typeof(LeaseGrant))]
[JsonSerializable(typeof(BidRequest))]
[JsonSerializable(typeof(ResultRequest))]
[JsonSerializable(typeof(LeaseReceipt))]
[JsonSerializable(typeof(LedgerDetail))]
[JsonSerializable(typeof(LedgerView))]
[JsonSerializable(typeof(AccountStatement))]
[JsonSerializable(typeof(NodeRewards))]
[JsonSerializable(typeof(Page<AccountView>))]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(KeyRotationRequest))]
[JsonSerializable(typeof(KeyView))]
[JsonSerializable(typeof(Page<KeyView>))]
[JsonSerializable(typeof(AuditEventView))]
[JsonSerializable(typeof(Page<AuditEventView>))]
[JsonSerializable(typeof(StatsView))]
[JsonSerializable(typeof(ProblemView))]
[JsonSerializable(typeof(IReadOnlyList<ImportView>))]
[JsonSerializable(typeof(IReadOnlyList<ExportView>))]
[JsonSerializable(typeof(IReadOnlyList<MemoryView>))]
[JsonSerializable(typeof(IReadOnlyList<TableView>))]
[JsonSerializable(typeof(IReadOnlyList<CustomSectionView>))]
public sealed partial class VcpJson : JsonSerializerContext;
