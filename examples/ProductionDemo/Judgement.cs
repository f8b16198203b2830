using System.Globalization;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.ProductionDemo.Proofs;

namespace Ailee.Vcp.ProductionDemo;

/// <summary>Holds what the demo claims against what was found.</summary>
internal static class Judgement
{
    private const int StrikesToQuarantine = 3;

    // The price is the server's default, 1000 micro-credits for 10^6 gas; what rounds to nothing is not posted.
    private const long GasOfOneMicroCredit = 1000;

    public static Claims Of(DemoOptions options, Findings findings, OfflineCheck check, (int Bytes, IReadOnlyList<int> Unnoticed) flipped)
    {
        var claims = new Claims();
        Tasks(claims, findings);
        Crashes(claims, options, findings);
        Liars(claims, findings, check);
        claims.Add(
            $"{check.Statements} statements and {check.Certificates} certificates verify with everything off; beside its certificate no lie does",
            [.. check.Problems, .. check.Certificates == findings.Tasks.Count ? Array.Empty<string>() : ["there is a task without a certificate"]]);
        claims.Add(
            $"a vote of {Number(flipped.Bytes)} bytes with one of them changed is refused, whichever it is",
            [.. flipped.Unnoticed.Select(at => $"not at byte {at}")]);
        Ledger(claims, findings, check);
        return claims;
    }

    private static void Tasks(Claims claims, Findings findings) => claims.Add(
        $"all {findings.Tasks.Count} tasks came to the right result",
        [.. findings.Tasks.Where(watch => findings.Problems[watch] is not null).Select(watch => $"task {watch.Number}: {findings.Problems[watch]}")]);

    private static void Crashes(Claims claims, DemoOptions options, Findings findings)
    {
        var killed = findings.Nodes.Where(node => node.Agent.Crash is not null).ToList();
        foreach (var (agent, view, _) in killed)
        {
            var watch = findings.Tasks.Single(watch => watch.Id == agent.Crash!.Task);
            var attempt = watch.View.Attempts.Single(attempt => attempt.Number == agent.Crash!.Attempt);
            var problems = new List<string>();
            if (attempt.State != "expired")
            {
                problems.Add($"its lease is {attempt.State}");
            }

            if (view.State != "offline")
            {
                problems.Add($"it is {view.State}");
            }

            if (watch.View.State != TaskStates.Completed)
            {
                problems.Add($"the task is {watch.View.State}");
            }

            claims.Add($"{agent.Name} was killed in the middle of task {watch.Number}: its lease ran out, and others finished the task", problems);
        }

        if (killed.Count < options.Crash)
        {
            claims.Add($"{options.Crash} agents were killed while they worked", $"only {killed.Count}");
        }
    }

    private static void Liars(Claims claims, Findings findings, OfflineCheck check)
    {
        foreach (var node in findings.Nodes.Where(node => node.Agent.Lies))
        {
            var lies = check.Lies.Where(lie => lie.Node == node.Agent.Id).ToList();
            var isOut = node.Strikes.Count >= StrikesToQuarantine;
            var problems = lies.Where(lie => node.Strikes.All(strike => strike.Task != lie.Task.Watch.View.Id)).Select(lie => $"task {lie.Task.Watch.Number} was no strike").ToList();
            if (lies.Count == 0)
            {
                problems.Add("no lie of its arrived");
            }

            if (isOut != (node.View.State == "quarantined"))
            {
                problems.Add($"it is {node.View.State} after {node.Strikes.Count} strikes");
            }

            claims.Add($"{node.Agent.Name} lied {lies.Count} times and was found out every time{(isOut ? "; it is quarantined" : string.Empty)}", problems);
        }

        claims.Add(
            "nobody else has a strike",
            [.. findings.Nodes.Where(node => !node.Agent.Lies && node.Strikes.Count > 0).Select(node => $"{node.Agent.Name}: {node.Strikes[0].Kind}")]);
    }

    private static void Ledger(Claims claims, Findings findings, OfflineCheck check)
    {
        var problems = new List<string>();
        if (findings.Sum != 0 || findings.Transactions.Any(each => each.Postings.Sum(posting => posting.Amount) != 0))
        {
            problems.Add($"it sums to {findings.Sum}");
        }

        if (findings.LedgerVerdict != "SOUND")
        {
            problems.Add($"'vcp ledger check' says {findings.LedgerVerdict}");
        }

        var rewards = findings.Transactions.Where(each => each.Kind == "reward").Select(each => (TaskId.Parse(each.Task!), NodeId.Parse(each.Node!))).ToList();
        var earned = check.Agreed.Where(each => each.Gas >= GasOfOneMicroCredit).Select(each => (each.Task, each.Node)).ToHashSet();
        if (rewards.Count != earned.Count || !earned.SetEquals(rewards))
        {
            problems.Add($"{rewards.Count} rewards for {earned.Count} right answers");
        }

        claims.Add($"the ledger sums to 0; {rewards.Count} right answers were paid, each once, and no lie", problems);
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
