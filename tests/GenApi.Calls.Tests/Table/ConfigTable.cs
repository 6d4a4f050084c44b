namespace GenApi.Calls.Tests.Table;

/// <summary>Every member of a function config, with every option that it has.</summary>
internal static class ConfigTable
{
    public static IReadOnlyList<Row> Rows { get; } =
    [
        .. ((IEnumerable<Row>)
        [
            .. GeneralRows.All, .. ModeRows.All, .. ArgumentRows.All, .. PermissionRows.All, .. HookRows.All, .. NodeRows.All, .. RetryRows.All,
        ]).Select((row, index) => row with { Function = $"f{index}" }),
    ];
}
