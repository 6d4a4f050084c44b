using System.Runtime.CompilerServices;
using Xunit;

namespace GenApi.Testing;

/// <summary>Waits for conditions, with an end that only a broken product reaches.</summary>
public static class Wait
{
    /// <summary>How long at most.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Ends with the test.</summary>
    public static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <exception cref="TimeoutException">In vain; the message says for what.</exception>
    public static async Task For(Task task, [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        try
        {
            await task.WaitAsync(Patience, Ended);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw InVain(what);
        }
    }

    /// <inheritdoc cref="For(Task, string?)" />
    public static async Task<T> For<T>(Task<T> task, [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        await For((Task)task, what);
        return await task;
    }

    /// <summary>Waits until it has ended, in whichever way.</summary>
    public static Task ForEndOf(Task task, [CallerArgumentExpression(nameof(task))] string? what = null) =>
        For(task.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default), $"the end of {what}");

    /// <summary>Asks again and again until the answer is yes.</summary>
    /// <exception cref="TimeoutException">In vain; the message says for what.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        patience.CancelAfter(Patience);
        while (!await condition())
        {
            if (patience.IsCancellationRequested)
            {
                throw InVain(what);
            }

            await Task.Delay(Pause, Ended);
        }
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, string?)" />
    public static Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null) =>
        UntilAsync(() => Task.FromResult(condition()), what);

    private static TimeoutException InVain(string? what) => new($"Waited in vain for: {what}");
}
