//! `results.parquet`: the columns of `results.csv`, typed, for programs that read tables in one go.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

use super::rows::{Row, columns, rows};
use crate::experiment::results::Results;

/// Writes the table: one row group, columns of text but for `seed` (64 bits, without a sign) and `value`.
///
/// # Errors
///
/// What the writer says.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    // The parquet writer asks for ownership and threads: it gets a buffer.
    let table = table(results).map_err(|error| io::Error::other(error.to_string()))?;
    out.write_all(&table)?;
    out.flush()
}

fn table(results: &Results) -> Result<Vec<u8>, ParquetError> {
    let rows: Vec<Row<'_>> = rows(results).collect();
    let properties = WriterProperties::builder().set_created_by("pointsman".to_owned()).build();
    let mut file = SerializedFileWriter::new(Vec::new(), schema(results)?, Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    text(&mut group, rows.iter().map(|row| row.arm))?;
    for factor in 0..results.factors.len() {
        text(&mut group, rows.iter().map(|row| row.levels.get(factor).copied().unwrap_or_default()))?;
    }
    // Parquet keeps unsigned numbers as their bits.
    column::<Int64Type>(&mut group, rows.iter().map(|row| row.seed.cast_signed()).collect())?;
    text(&mut group, rows.iter().map(|row| row.group))?;
    text(&mut group, rows.iter().map(|row| row.metric))?;
    text(&mut group, rows.iter().map(|row| row.unit))?;
    column::<DoubleType>(&mut group, rows.iter().map(|row| row.value).collect())?;
    group.close()?;
    file.into_inner()
}

fn schema(results: &Results) -> Result<TypePtr, ParquetError> {
    let fields = columns(results).into_iter().enumerate().map(|(index, name)| {
        let (physical, logical) = match name.as_str() {
            // A factor never has the name of another column.
            "seed" => (Physical::INT64, Some(LogicalType::integer(64, false))),
            "value" => (Physical::DOUBLE, None),
            _ => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let field = Type::primitive_type_builder(&name, physical).with_repetition(Repetition::REQUIRED);
        let id = i32::try_from(index).ok();
        field.with_logical_type(logical).with_id(id).build().map(Arc::new)
    });
    let fields: Result<Vec<TypePtr>, ParquetError> = fields.collect();
    Type::group_type_builder("results").with_fields(fields?).build().map(Arc::new)
}

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

fn text<'a>(group: &mut Group<'_>, values: impl Iterator<Item = &'a str>) -> Result<(), ParquetError> {
    column::<ByteArrayType>(group, values.map(ByteArray::from).collect())
}

fn column<T: DataType>(group: &mut Group<'_>, values: Vec<T::T>) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("more columns than the schema has".to_owned()));
    };
    column.typed::<T>().write_batch(&values, None, None)?;
    column.close()
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::Field;

    use super::super::{csv, sample};
    use super::*;

    #[test]
    fn the_rows_are_those_of_the_csv() {
        let mut results = sample::results();
        results.arms[0].runs[0].seed = u64::MAX;
        let (mut parquet, mut text) = (Vec::new(), Vec::new());
        write(&results, &mut parquet).unwrap();
        csv::write(&results, &mut text).unwrap();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&parquet).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let mut expected = ::csv::Reader::from_reader(&text[..]);
        let heads: Vec<String> = expected.headers().unwrap().iter().map(str::to_owned).collect();
        let mut records = expected.records();
        let mut count = 0;
        for row in reader.get_row_iter(None).unwrap() {
            let record = records.next().unwrap().unwrap();
            let row = row.unwrap();
            let found: Vec<(String, String)> = row
                .get_column_iter()
                .map(|(name, field)| {
                    let value = match field {
                        Field::Str(text) => text.clone(),
                        Field::ULong(number) => number.to_string(),
                        Field::Double(number) => number.to_string(),
                        other => panic!("{other:?}"),
                    };
                    (name.clone(), value)
                })
                .collect();
            let expected: Vec<(String, String)> =
                heads.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
            assert_eq!(found, expected);
            count += 1;
        }
        assert!(records.next().is_none() && count == 11 * 3 * 3);
    }
}
