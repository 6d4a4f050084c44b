namespace GenApi.Calls.Tests.Table;

/// <summary>The ways by which clients call.</summary>
public enum Door
{
    /// <summary>The hub's <c>Call</c>, with later answers by event.</summary>
    HubCall,

    /// <summary>The hub's <c>Stream</c>.</summary>
    HubStream,

    /// <summary><c>POST /api/…</c>.</summary>
    Http,
}
