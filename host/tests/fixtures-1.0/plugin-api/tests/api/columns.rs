//! Columns know what they hold: reading them wrongly is refused, not undefined.

use pointsman_plugin_api::{
    BlockRun, Blocks, Column, Key, Order, abi,
    abi::{NamedColumn, RSlice, RSliceMut, RStr, ScoreCall, SetupCall},
    setup,
};

use crate::policies::Reader;

#[test]
fn cells_come_back_as_they_went_in() {
    assert_eq!(Column::of(&[1_u64, 2]).cells::<u64>(), Some(&[1, 2][..]));
    assert_eq!(Column::of(&[-1_i64]).cells::<i64>(), Some(&[-1][..]));
    assert_eq!(Column::of(&[0.5]).cells::<f64>(), Some(&[0.5][..]));
    let texts = [RStr::from_str("a"), RStr::from_str("")];
    assert_eq!(Column::of(&texts).cells::<str>(), Some(&texts[..]));
    let runs = [BlockRun { first: 7, len: 3 }];
    let rows: [Blocks<'_>; 2] = [RSlice::from_slice(&runs), RSlice::from_slice(&[])];
    let column = Column::of(&rows);
    assert_eq!(column.cells::<[BlockRun]>().map(|cells| cells[0].as_slice()), Some(&runs[..]));
    assert_eq!(column.len(), 2);
}

#[test]
fn another_type_is_refused() {
    assert_eq!(Column::of(&[1_u64]).cells::<f64>(), None);
    assert_eq!(Column::of(&[1_u64]).cells::<i64>(), None);
    assert!(Column::of(&[1.0]).cells::<str>().is_none());
    assert_eq!(Column::absent().cells::<u64>(), None);
}

#[test]
fn an_empty_column_is_not_an_absent_one() {
    let none: [u64; 0] = [];
    assert!(!Column::of(&none).is_absent());
    assert_eq!(Column::of(&none).cells::<u64>(), Some(&none[..]));
    assert!(Column::absent().is_absent());
}

#[test]
fn ages_go_with_their_values() {
    assert_eq!(Column::of(&[1_u64, 2]).ages(), None);
    assert_eq!(Column::of(&[1_u64, 2]).with_ages(&[5, 6]).ages(), Some(&[5, 6][..]));
}

#[test]
#[should_panic(expected = "one age per value")]
fn ages_must_be_as_many_as_values() {
    let _ = Column::of(&[1_u64, 2]).with_ages(&[5]);
}

/// Builds the reader of a case past the testkit, to pass it columns that no honest host would.
fn read(case: u64, columns: &[Column<'_>], rows: usize) -> Result<Vec<f64>, String> {
    let seed = [1_u64];
    let facts = [NamedColumn { id: RStr::from_str(setup::SEED.id()), column: Column::of(&seed) }];
    let params = format!(r#"{{"case": {case}}}"#);
    let built =
        abi::scorer::<Reader>(SetupCall { facts: RSlice::from_slice(&facts) }, RStr::from_str(&params));
    let mut scorer = built.into_result().map_err(|failure| failure.message.to_string())?;
    let request = [Column::absent(), Column::absent()];
    let call = ScoreCall {
        now_us: 0,
        rows,
        request: RSlice::from_slice(&request),
        instances: RSlice::from_slice(columns),
    };
    let mut scores = vec![f64::NAN; rows];
    let written = scorer.score(call, RSliceMut::from_mut_slice(&mut scores)).into_result();
    assert_eq!(written.map_err(|failure| failure.message.to_string())?, rows);
    Ok(scores)
}

#[test]
fn a_host_that_passes_too_few_columns_is_told() {
    assert_eq!(read(0, &[], 1).unwrap_err(), "the host passed 0 columns where 5 are declared");
}

#[test]
fn a_host_that_passes_another_type_is_told() {
    let mut columns = [Column::absent(); 5];
    let wrong = [1_u64];
    columns[0] = Column::of(&wrong);
    let error = read(0, &columns, 1).unwrap_err();
    assert!(error.ends_with("the host passed the signal `kv_utilization` with another type"), "{error}");
}

#[test]
fn ages_reach_the_policy() {
    let mut columns = [Column::absent(); 5];
    columns[0] = Column::of(&[0.5, 0.5]).with_ages(&[3, 4]);
    assert_eq!(read(8, &columns, 2).unwrap(), [3.0, 4.0]);
}

#[test]
fn no_instances_are_no_rows() {
    let none: [f64; 0] = [];
    let mut columns = [Column::absent(); 5];
    columns[0] = Column::of(&none);
    assert!(read(0, &columns, 0).unwrap().is_empty());
}

/// These cross the ABI by value: their size is part of the contract.
#[test]
fn sizes_are_as_agreed() {
    assert_eq!(size_of::<Column<'_>>(), 32);
    assert_eq!(size_of::<Key>(), 16);
    assert_eq!(size_of::<ScoreCall<'_>>(), 48);
    assert_eq!(size_of::<Order>(), 1);
}
