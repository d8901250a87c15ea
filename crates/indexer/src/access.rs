//! Records of who may do what, and of what is scheduled.

use guerdon_core::fact::Subject;
use guerdon_core::ledger::{AccessRecords, FunctionRecord, MemberRecord, OperationRecord};
use guerdon_store::Tx;

use crate::IndexError;
use crate::fold::whole;

/// Reads the record that a fact is about, unless it was read before.
pub(crate) async fn load(
    tx: &mut Tx,
    subject: Subject,
    known: &mut AccessRecords,
) -> Result<(), IndexError> {
    match subject {
        Subject::Member(role, account) if !known.members.contains_key(&(role, account)) => {
            let found = tx.role_member(role, account).await?;
            known.members.extend(found.map(|it| ((role, account), it)));
        }
        Subject::Function(target, selector)
            if !known.functions.contains_key(&(target, selector)) =>
        {
            let found = tx.function_role(target, selector).await?;
            let found = found.map(|it| ((target, selector), it));
            known.functions.extend(found);
        }
        Subject::Operation(id, nonce) if !known.operations.contains_key(&(id, nonce)) => {
            let found = tx.operation_of(id, nonce).await?;
            known.operations.extend(found.map(|it| ((id, nonce), it)));
        }
        _ => {}
    }
    Ok(())
}

/// Writes the records that a range of blocks touched.
pub(crate) async fn write(tx: &mut Tx, records: &AccessRecords) -> Result<(), IndexError> {
    for member in records.members.values() {
        tx.put_role_member(member).await?;
    }
    for function in records.functions.values() {
        tx.put_function_role(function).await?;
    }
    for operation in records.operations.values() {
        tx.put_operation(operation).await?;
    }
    Ok(())
}

/// Folds one record again from the logs that a re-org left of it.
pub(crate) async fn refold(tx: &mut Tx, subject: &Subject) -> Result<(), IndexError> {
    match *subject {
        Subject::Member(role, account) => match whole::<MemberRecord>(tx, subject).await? {
            Some(record) => tx.put_role_member(&record).await?,
            None => tx.delete_role_member(role, account).await?,
        },
        Subject::Function(target, selector) => match whole::<FunctionRecord>(tx, subject).await? {
            Some(record) => tx.put_function_role(&record).await?,
            None => tx.delete_function_role(target, selector).await?,
        },
        Subject::Operation(id, nonce) => match whole::<OperationRecord>(tx, subject).await? {
            Some(record) => tx.put_operation(&record).await?,
            None => tx.delete_operation(id, nonce).await?,
        },
        _ => {}
    }
    Ok(())
}
