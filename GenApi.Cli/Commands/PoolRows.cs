using System.Text.Json;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary>Lays out worker pools.</summary>
internal static class PoolRows
{
    public static ReportView Pools(this ReportView view, JsonElement pools) => view.Table(
        ["Pool", "Workers", "Idle", "Busy", "Waiting", "May wait", "Breaker"],
        pools.Members().Select(pool => (string[])
        [
            pool.Name, pool.Value.Show("size"), pool.Value.Show("idle_workers"), pool.Value.Show("busy_workers"), pool.Value.Show("queued"), pool.Value.Show("queue_limit"),
            pool.Value.Show("breaker"),
        ]),
        "The gateway has no pools.");
}
